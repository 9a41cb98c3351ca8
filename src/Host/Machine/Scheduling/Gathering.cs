namespace Dominion.Host.Machine.Scheduling;

/// <summary>A place where threads wait for each other, and then for one who has something to do while they do nothing.</summary>
internal sealed class Gathering
{
    // A leaf; waited on and pulsed at every change of what follows.
    private readonly object _gate = new();
    private int _missing;
    private bool _isOver;

    /// <summary>Makes a place.</summary>
    /// <param name="count">How many threads will come or be excused.</param>
    internal Gathering(int count)
    {
        _missing = count;
    }

    /// <summary>Comes, and waits for the end.</summary>
    internal void Arrive()
    {
        lock (_gate)
        {
            _missing--;
            Monitor.PulseAll(_gate);
            while (!_isOver)
                Monitor.Wait(_gate);
        }
    }

    /// <summary>Counts a thread that will not come.</summary>
    internal void Excuse()
    {
        lock (_gate)
        {
            _missing--;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until everybody is there.</summary>
    internal void WaitForAll()
    {
        lock (_gate)
        {
            while (_missing > 0)
                Monitor.Wait(_gate);
        }
    }

    /// <summary>Lets everybody go.</summary>
    internal void End()
    {
        lock (_gate)
        {
            _isOver = true;
            Monitor.PulseAll(_gate);
        }
    }
}
