using Dominion.Diagnostics;
using Dominion.Memory;

namespace Dominion.Paravirt.Xen.Memory;

/// <summary>The machine-to-physical table that every 64-bit guest reads at 0xFFFF800000000000 (xen/include/public/arch-x86/xen-x86_64.h), with the page tables that put it there. Frames of the VMM.</summary>
internal sealed unsafe class MachineToPhysical
{
    /// <summary>Where guests see it.</summary>
    public const ulong VirtualStart = 0xFFFF_8000_0000_0000;

    private const int EntriesPerTable = 512;
    private const ulong ReadOnlyLeaf = PageBits.Present | PageBits.User | PageBits.Accessed | PageBits.NoExecute;
    private const ulong Branch = PageBits.Present | PageBits.User | PageBits.Accessed | PageBits.Dirty;

    private readonly ulong* _entries;
    private readonly ulong _count;

    /// <summary>Makes the table, every entry invalid.</summary>
    /// <param name="frames">The machine's frames.</param>
    /// <exception cref="DiagnosticException">The machine has no memory left for it.</exception>
    public MachineToPhysical(FrameTable frames)
    {
        _count = frames.Count;
        ulong pages = Pages(_count, FrameRange.FrameSize / sizeof(ulong));
        ulong tables = Pages(pages, EntriesPerTable);
        ulong directories = Pages(tables, EntriesPerTable);
        FrameRange table = VmmFrames.Allocate(frames.Memory, pages);
        FrameRange first = VmmFrames.Allocate(frames.Memory, tables + directories + 1);
        _entries = (ulong*)frames.Page(table.First);
        new Span<ulong>(_entries, checked((int)(pages * 512))).Fill(FrameTable.InvalidPfn);

        Link(frames, first.First, table.First, pages, ReadOnlyLeaf);
        Link(frames, first.First + tables, first.First, tables, Branch);
        Link(frames, first.First + tables + directories, first.First + tables, directories, Branch);
        Slot = ((first.First + tables + directories) << FrameRange.FrameShift) | Branch;
    }

    /// <summary>The level-4 entry that maps the table.</summary>
    public ulong Slot { get; }

    /// <summary>The frame's number in its owner's own numbering, or all ones.</summary>
    /// <param name="mfn">The frame.</param>
    public ulong this[ulong mfn]
    {
        get => mfn < _count ? Volatile.Read(ref _entries[mfn]) : FrameTable.InvalidPfn;
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(mfn, _count);
            Volatile.Write(ref _entries[mfn], value);
        }
    }

    private static ulong Pages(ulong items, ulong perPage) => (items + perPage - 1) / perPage;

    private static void Link(FrameTable frames, ulong table, ulong target, ulong count, ulong bits)
    {
        for (ulong i = 0; i < count; i++)
            ((ulong*)frames.Page(table + (i / EntriesPerTable)))[i % EntriesPerTable] = ((target + i) << FrameRange.FrameShift) | bits;
    }
}
