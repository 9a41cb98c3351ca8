using System.Numerics;

namespace Dominion.Services.Local.Block;

/// <summary>Which sectors of a disk an overlay holds: a bit each, in pages that are made when first needed. Not safe from several threads.</summary>
internal sealed class SectorMap
{
    /// <summary>The length of a page in bytes; also how the map is kept in a file.</summary>
    public const int PageLength = 4096;

    private const int PageBits = PageLength * 8;
    private const int WordBits = 64;

    private readonly ulong[]?[] _pages;
    private readonly bool[] _dirty;

    /// <summary>Makes a map with no sector in it.</summary>
    /// <param name="sectors">How many sectors the disk has.</param>
    public SectorMap(ulong sectors)
    {
        _pages = new ulong[]?[(sectors + PageBits - 1) / PageBits];
        _dirty = new bool[_pages.Length];
    }

    /// <summary>How many pages the map has.</summary>
    public int PageCount => _pages.Length;

    /// <summary>Adds sectors.</summary>
    /// <param name="first">The first.</param>
    /// <param name="count">How many.</param>
    public void Add(ulong first, ulong count)
    {
        for (ulong sector = first; sector < first + count;)
        {
            int page = (int)(sector / PageBits);
            ulong[] words = _pages[page] ??= new ulong[PageBits / WordBits];
            int bit = (int)(sector % WordBits);
            int run = (int)Math.Min(first + count - sector, (ulong)(WordBits - bit));
            ulong mask = (ulong.MaxValue >> (WordBits - run)) << bit;
            ref ulong word = ref words[sector % PageBits / WordBits];
            if ((word & mask) != mask)
            {
                word |= mask;
                _dirty[page] = true;
            }

            sector += (ulong)run;
        }
    }

    /// <summary>Finds how far sectors are all in the map, or all not.</summary>
    /// <param name="first">The first sector.</param>
    /// <param name="limit">How many to look at, at least 1.</param>
    /// <param name="present">Whether they are in the map.</param>
    /// <returns>How many in a row, at least 1.</returns>
    public ulong GetRun(ulong first, ulong limit, out bool present)
    {
        present = Contains(first);
        ulong count = 0;
        while (count < limit)
        {
            ulong sector = first + count;
            ulong word = _pages[sector / PageBits] is { } words ? words[sector % PageBits / WordBits] : 0;
            int bit = (int)(sector % WordBits);
            ulong others = (present ? ~word : word) >> bit;
            int same = others == 0 ? WordBits - bit : BitOperations.TrailingZeroCount(others);
            count += (ulong)same;
            if (same < WordBits - bit)
                break;
        }

        return Math.Min(count, limit);
    }

    /// <summary>Takes a page out to be kept, when it changed since it was last taken.</summary>
    /// <param name="page">The page's number.</param>
    /// <param name="destination">Takes its <see cref="PageLength"/> bytes.</param>
    /// <returns>False when it did not change.</returns>
    public bool TryTakeDirty(int page, Span<byte> destination)
    {
        if (!_dirty[page])
            return false;
        for (int i = 0; i < PageBits / WordBits; i++)
            BitConverter.TryWriteBytes(destination[(i * 8)..], _pages[page]![i]);
        _dirty[page] = false;
        return true;
    }

    /// <summary>Marks a page as changed again: it could not be kept.</summary>
    /// <param name="page">The page's number.</param>
    public void MarkDirty(int page) => _dirty[page] = true;

    /// <summary>Puts a kept page back.</summary>
    /// <param name="page">The page's number.</param>
    /// <param name="source">Its <see cref="PageLength"/> bytes.</param>
    public void Load(int page, ReadOnlySpan<byte> source)
    {
        if (source.IndexOfAnyExcept((byte)0) < 0)
            return;
        ulong[] words = new ulong[PageBits / WordBits];
        for (int i = 0; i < words.Length; i++)
            words[i] = BitConverter.ToUInt64(source[(i * 8)..]);
        _pages[page] = words;
    }

    private bool Contains(ulong sector) =>
        _pages[sector / PageBits] is { } words && (words[sector % PageBits / WordBits] & (1UL << (int)(sector % WordBits))) != 0;
}
