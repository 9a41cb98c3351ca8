using Dominion.Devices;

namespace Dominion.FullVirt.Boot;

/// <summary>The usable memory of a map, with what a plan has taken of it.</summary>
internal sealed class BootMemory
{
    private readonly List<(ulong Start, ulong End)> _usable = [];
    private readonly List<(ulong Start, ulong End)> _taken = [];

    /// <summary>Starts with nothing taken.</summary>
    /// <param name="map">The memory map.</param>
    public BootMemory(IReadOnlyList<MemoryMapEntry> map)
    {
        foreach (MemoryMapEntry entry in map.Where(e => e.Type == MemoryMapType.Usable && e.Length != 0).OrderBy(e => e.Start))
        {
            ulong end = entry.Start + entry.Length;
            if (_usable.Count != 0 && _usable[^1].End == entry.Start)
                _usable[^1] = (_usable[^1].Start, end);
            else
                _usable.Add((entry.Start, end));
        }
    }

    /// <summary>The end of the usable memory that starts at 1 MiB, or 1 MiB when there is none.</summary>
    public ulong HighEnd => EndOfRun(1UL << 20);

    /// <summary>The end of the usable memory that starts at 0, or 0 when there is none.</summary>
    public ulong LowEnd => EndOfRun(0);

    /// <summary>Whether a range is usable memory throughout, taken or not.</summary>
    /// <param name="start">The first address.</param>
    /// <param name="size">The length in bytes.</param>
    /// <returns>True when every byte is.</returns>
    public bool Contains(ulong start, ulong size) =>
        size <= ulong.MaxValue - start && _usable.Exists(r => start >= r.Start && start + size <= r.End);

    /// <summary>Whether nothing of a range is taken.</summary>
    /// <param name="start">The first address.</param>
    /// <param name="size">The length in bytes.</param>
    /// <returns>True when all of it is free or not usable anyhow.</returns>
    public bool IsFree(ulong start, ulong size) => !_taken.Exists(r => start < r.End && start + size > r.Start);

    /// <summary>Takes a range at a fixed place.</summary>
    /// <param name="start">The first address.</param>
    /// <param name="size">The length in bytes.</param>
    /// <returns>False, with nothing taken, when it is not usable memory throughout.</returns>
    public bool TryTake(ulong start, ulong size)
    {
        if (!Contains(start, size))
            return false;
        _taken.Add((start, start + size));
        return true;
    }

    /// <summary>Takes the lowest free range.</summary>
    /// <param name="size">The length in bytes.</param>
    /// <param name="alignment">A power of two.</param>
    /// <param name="minimum">The least address allowed.</param>
    /// <param name="end">The address that the range must end at or before.</param>
    /// <param name="start">The range's first address on success.</param>
    /// <returns>False when there is no such range.</returns>
    public bool TryPlaceLow(ulong size, ulong alignment, ulong minimum, ulong end, out ulong start)
    {
        foreach ((ulong first, ulong last) in _usable)
        {
            ulong limit = Math.Min(last, end);
            ulong candidate = AlignUp(Math.Max(first, minimum), alignment);
            while (candidate <= limit && size <= limit - candidate)
            {
                int obstacle = _taken.FindIndex(r => candidate < r.End && candidate + size > r.Start);
                if (obstacle < 0)
                {
                    _taken.Add((candidate, candidate + size));
                    start = candidate;
                    return true;
                }

                candidate = AlignUp(_taken[obstacle].End, alignment);
            }
        }

        start = 0;
        return false;
    }

    /// <summary>Takes the highest free range.</summary>
    /// <param name="size">The length in bytes.</param>
    /// <param name="alignment">A power of two.</param>
    /// <param name="minimum">The least address allowed.</param>
    /// <param name="end">The address that the range must end at or before.</param>
    /// <param name="start">The range's first address on success.</param>
    /// <returns>False when there is no such range.</returns>
    public bool TryPlaceHigh(ulong size, ulong alignment, ulong minimum, ulong end, out ulong start)
    {
        for (int i = _usable.Count - 1; i >= 0; i--)
        {
            ulong limit = Math.Min(_usable[i].End, end);
            ulong least = Math.Max(_usable[i].Start, minimum);
            while (limit >= least && size <= limit - least)
            {
                ulong candidate = (limit - size) & ~(alignment - 1);
                if (candidate < least)
                    break;
                int obstacle = _taken.FindIndex(r => candidate < r.End && candidate + size > r.Start);
                if (obstacle < 0)
                {
                    _taken.Add((candidate, candidate + size));
                    start = candidate;
                    return true;
                }

                limit = _taken[obstacle].Start;
            }
        }

        start = 0;
        return false;
    }

    private static ulong AlignUp(ulong value, ulong alignment) =>
        value > ulong.MaxValue - alignment ? ulong.MaxValue : (value + alignment - 1) & ~(alignment - 1);

    private ulong EndOfRun(ulong start)
    {
        int index = _usable.FindIndex(r => start >= r.Start && start < r.End);
        return index < 0 ? start : _usable[index].End;
    }
}
