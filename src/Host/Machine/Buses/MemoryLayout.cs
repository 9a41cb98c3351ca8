namespace Dominion.Host.Machine.Buses;

/// <summary>What answers where, as ascending ranges without overlaps. Immutable, so that any thread reads it without a lock.</summary>
internal sealed unsafe class MemoryLayout
{
    private readonly MemoryRange[] _ranges;

    // The range of the last answer: a hint that any thread may replace.
    private MemoryRange? _last;

    private MemoryLayout(MemoryRange[] ranges)
    {
        _ranges = ranges;
    }

    /// <summary>The layout of an empty space.</summary>
    internal static MemoryLayout Empty { get; } = new([]);

    /// <summary>Flattens mappings.</summary>
    /// <param name="mappings">In order of making; of two of one kind the later wins, and a device hides frames.</param>
    /// <param name="limit">The address after the last that exists.</param>
    /// <returns>The layout.</returns>
    internal static MemoryLayout Build(IReadOnlyList<MemoryMapping> mappings, ulong limit)
    {
        List<MemoryMapping> live = [.. mappings.Where(m => m.Enabled && m.Start < limit).OrderBy(m => m.Host is null)];
        SortedSet<ulong> edges = [];
        foreach (MemoryMapping mapping in live)
        {
            edges.Add(mapping.Start);
            edges.Add(EndOf(mapping, limit));
        }

        List<MemoryRange> ranges = [];
        ulong start = 0;
        foreach (ulong edge in edges)
        {
            MemoryMapping? top = live.FindLast(m => m.Start <= start && EndOf(m, limit) > start);
            if (top is not null && edge > start)
            {
                if (ranges.Count > 0 && ranges[^1].End == start && ReferenceEquals(ranges[^1].Mapping, top))
                    ranges[^1] = new MemoryRange(ranges[^1].Start, edge, top);
                else
                    ranges.Add(new MemoryRange(start, edge, top));
            }
            start = edge;
        }
        return new MemoryLayout([.. ranges]);
    }

    /// <summary>Finds what answers for an address.</summary>
    /// <param name="address">The address.</param>
    /// <returns>The range that holds it, or null.</returns>
    internal MemoryRange? Find(ulong address)
    {
        MemoryRange? last = _last;
        if (last is not null && address >= last.Start && address < last.End)
            return last;
        int low = 0;
        int high = _ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            MemoryRange range = _ranges[middle];
            if (address < range.Start)
                high = middle - 1;
            else if (address >= range.End)
                low = middle + 1;
            else
                return _last = range;
        }
        return null;
    }

    /// <summary>Whether RAM and ROM are in the same places as in another layout, so that no page's answer differs.</summary>
    /// <param name="other">The other layout.</param>
    /// <returns>True when they are.</returns>
    internal bool HasSamePages(MemoryLayout other)
    {
        IEnumerator<MemoryRange> theirs = other._ranges.Where(r => r.Host is not null).GetEnumerator();
        foreach (MemoryRange mine in _ranges)
        {
            if (mine.Host is null)
                continue;
            if (!theirs.MoveNext())
                return false;
            MemoryRange range = theirs.Current;
            if (mine.Start != range.Start || mine.End != range.End || mine.Host != range.Host || mine.Writable != range.Writable)
                return false;
        }
        return !theirs.MoveNext();
    }

    private static ulong EndOf(MemoryMapping mapping, ulong limit) => mapping.Length > limit - mapping.Start ? limit : mapping.Start + mapping.Length;
}
