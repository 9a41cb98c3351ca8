namespace Dominion.Host.Machine.Time;

/// <summary>Armed timers, the earliest first; of two with one deadline, the one armed earlier. A binary heap whose timers know their places, so that moving one costs no search. Not safe from several threads.</summary>
internal sealed class TimerHeap
{
    private readonly List<ClockTimer> _timers = [];

    /// <summary>How many timers are armed.</summary>
    internal int Count => _timers.Count;

    /// <summary>The timer that expires first, or null.</summary>
    internal ClockTimer? First => _timers.Count > 0 ? _timers[0] : null;

    /// <summary>The armed timers, in the order in which they will expire.</summary>
    internal ClockTimer[] InOrder => [.. _timers.OrderBy(timer => timer.ArmedFor).ThenBy(timer => timer.Sequence)];

    /// <summary>Puts a timer in, or to its new place.</summary>
    /// <param name="timer">The timer, its deadline and sequence set.</param>
    internal void Set(ClockTimer timer)
    {
        if (timer.HeapIndex < 0)
        {
            timer.HeapIndex = _timers.Count;
            _timers.Add(timer);
        }
        Down(Up(timer.HeapIndex));
    }

    /// <summary>Takes a timer out; one that is not in is left alone.</summary>
    /// <param name="timer">The timer.</param>
    internal void Remove(ClockTimer timer)
    {
        int index = timer.HeapIndex;
        if (index < 0)
            return;
        timer.HeapIndex = -1;
        ClockTimer last = _timers[^1];
        _timers.RemoveAt(_timers.Count - 1);
        if (ReferenceEquals(last, timer))
            return;
        Place(last, index);
        Down(Up(index));
    }

    private static bool IsBefore(ClockTimer one, ClockTimer other) =>
        one.ArmedFor != other.ArmedFor ? one.ArmedFor < other.ArmedFor : one.Sequence < other.Sequence;

    private int Up(int index)
    {
        ClockTimer timer = _timers[index];
        while (index > 0 && IsBefore(timer, _timers[(index - 1) / 2]))
        {
            Place(_timers[(index - 1) / 2], index);
            index = (index - 1) / 2;
        }
        Place(timer, index);
        return index;
    }

    private void Down(int index)
    {
        ClockTimer timer = _timers[index];
        while ((2 * index) + 1 < _timers.Count)
        {
            int child = (2 * index) + 1;
            if (child + 1 < _timers.Count && IsBefore(_timers[child + 1], _timers[child]))
                child++;
            if (!IsBefore(_timers[child], timer))
                break;
            Place(_timers[child], index);
            index = child;
        }
        Place(timer, index);
    }

    private void Place(ClockTimer timer, int index)
    {
        _timers[index] = timer;
        timer.HeapIndex = index;
    }
}
