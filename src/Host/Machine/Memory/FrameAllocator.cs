using Dominion.Memory;

namespace Dominion.Host.Machine.Memory;

/// <summary>Which frames are free, as ascending runs that do not touch each other; first fit. Not safe from several threads.</summary>
internal sealed class FrameAllocator
{
    private readonly List<FrameRange> _free = [];

    /// <summary>Starts with every frame free.</summary>
    /// <param name="frameCount">How many frames there are.</param>
    internal FrameAllocator(ulong frameCount)
    {
        _free.Add(new FrameRange(0, frameCount));
    }

    /// <summary>Takes the first run that is long enough.</summary>
    /// <param name="count">How many frames, from 1.</param>
    /// <param name="range">The frames on success.</param>
    /// <returns>False when no run is long enough.</returns>
    internal bool TryTake(ulong count, out FrameRange range)
    {
        for (int i = 0; i < _free.Count; i++)
        {
            FrameRange run = _free[i];
            if (run.Count < count)
                continue;
            range = new FrameRange(run.First, count);
            if (run.Count == count)
                _free.RemoveAt(i);
            else
                _free[i] = new FrameRange(run.First + count, run.Count - count);
            return true;
        }
        range = default;
        return false;
    }

    /// <summary>Gives frames back, none of which is free.</summary>
    /// <param name="range">The frames.</param>
    internal void Give(FrameRange range)
    {
        int next = _free.FindIndex(run => run.First > range.First);
        if (next < 0)
            next = _free.Count;
        if (next < _free.Count && range.First + range.Count == _free[next].First)
        {
            range = new FrameRange(range.First, range.Count + _free[next].Count);
            _free.RemoveAt(next);
        }
        if (next > 0 && _free[next - 1].First + _free[next - 1].Count == range.First)
            _free[next - 1] = new FrameRange(_free[next - 1].First, _free[next - 1].Count + range.Count);
        else
            _free.Insert(next, range);
    }
}
