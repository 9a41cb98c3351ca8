using Dominion.Memory;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.Paging;

namespace Dominion.Paravirt.Xen.Tests.Paging;

/// <summary>The frames of a domain, its references, and tables to put into them.</summary>
internal sealed unsafe class PagingFixture : IFlushTarget, IDisposable
{
    public const int Domain = 3;
    public const ulong Present = PageBits.Present | PageBits.Accessed;
    public const ulong ReadWrite = Present | PageBits.Writable;

    private readonly TestMemory _memory = new(256);

    public PagingFixture()
    {
        Frames = new FrameTable(_memory);
        Assert.True(_memory.TryAllocate(VmmFrames.Owner, 1, out _));
        Assert.True(_memory.TryAllocate(Domain, 64, out FrameRange own));
        Assert.True(_memory.TryAllocate(Domain + 1, 8, out FrameRange foreign));
        (Own, Foreign) = (own.First, foreign.First);
        Reserved.Set(ReservedSlots.MachineToPhysicalSlot, 0xABCD_E007);
        Types = new PageTypes(Frames, Domain, this, Reserved);
        Updates = new PageTableUpdates(Frames, Types);
        Tables = new GuestTables(Frames, Types);
    }

    public FrameTable Frames { get; }

    public ReservedSlots Reserved { get; } = new();

    public PageTypes Types { get; }

    public PageTableUpdates Updates { get; }

    public GuestTables Tables { get; }

    /// <summary>The domain's first frame of 64.</summary>
    public ulong Own { get; }

    /// <summary>Another domain's first frame.</summary>
    public ulong Foreign { get; }

    public int Flushes { get; private set; }

    public uint Epoch { get; private set; } = 1;

    public void FlushEverywhere()
    {
        Flushes++;
        Epoch++;
    }

    public ref ulong Entry(ulong table, int index) => ref ((ulong*)Frames.Page(table))[index];

    public static ulong Map(ulong mfn, ulong bits) => (mfn << 12) | bits;

    public ulong Address(ulong table, int index) => (table << 12) + (8 * (ulong)index);

    /// <summary>Tables of all levels that map the domain's frame 10 at linear 0: frames 0 to 3 are levels 4 to 1.</summary>
    public ulong MakeHierarchy(ulong leafBits = ReadWrite)
    {
        for (ulong level = 0; level < 3; level++)
            Entry(Own + level, 0) = Map(Own + level + 1, ReadWrite | PageBits.User);
        Entry(Own + 3, 0) = Map(Own + 10, leafBits);
        return Own;
    }

    public void Dispose()
    {
        Frames.Dispose();
        _memory.Dispose();
    }
}
