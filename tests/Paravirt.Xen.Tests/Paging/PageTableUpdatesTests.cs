using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.Paging;

namespace Dominion.Paravirt.Xen.Tests.Paging;

public class PageTableUpdatesTests
{
    [Fact]
    public void An_entry_is_replaced_with_its_references()
    {
        using PagingFixture f = new();
        f.Types.Pin(f.MakeHierarchy(), FrameType.L4);
        Assert.Equal(XenError.Success, f.Updates.Write(f.Address(f.Own + 3, 0), PagingFixture.Map(f.Own + 11, PagingFixture.ReadWrite), false));
        Assert.Equal((0, 1), (f.Frames[f.Own + 10].TypeCount, f.Frames[f.Own + 11].TypeCount));
        Assert.Equal(XenError.Success, f.Updates.Write(f.Address(f.Own + 3, 0), 0, false));
        Assert.Equal(0, f.Frames[f.Own + 11].Count);
    }

    [Fact]
    public void A_refused_entry_leaves_the_old_one()
    {
        using PagingFixture f = new();
        f.Types.Pin(f.MakeHierarchy(), FrameType.L4);
        ulong before = f.Entry(f.Own + 3, 0);
        Assert.Equal(XenError.Invalid, f.Updates.Write(f.Address(f.Own + 3, 0), PagingFixture.Map(f.Own, PagingFixture.ReadWrite), false));
        Assert.Equal(XenError.Invalid, f.Updates.Write(f.Address(f.Own + 3, 0), PagingFixture.Map(f.Foreign, PagingFixture.Present), false));
        Assert.Equal(before, f.Entry(f.Own + 3, 0));
        Assert.Equal(1, f.Frames[f.Own + 10].TypeCount);
    }

    [Theory]
    [InlineData(ReservedSlots.MachineToPhysicalSlot)]
    [InlineData(ReservedSlots.DomainSlot)]
    [InlineData(271)]
    public void The_vmm_s_slots_are_never_the_guest_s(int slot)
    {
        using PagingFixture f = new();
        f.Types.Pin(f.MakeHierarchy(), FrameType.L4);
        ulong before = f.Entry(f.Own, slot);
        Assert.Equal(XenError.Invalid, f.Updates.Write(f.Address(f.Own, slot), PagingFixture.Map(f.Own + 1, PagingFixture.ReadWrite), false));
        Assert.Equal(before, f.Entry(f.Own, slot));
    }

    [Fact]
    public void Accessed_and_dirty_are_kept_where_the_guest_asks_for_it()
    {
        using PagingFixture f = new();
        f.Types.Pin(f.MakeHierarchy(), FrameType.L4);
        f.Entry(f.Own + 3, 0) |= PageBits.Dirty;
        f.Updates.Write(f.Address(f.Own + 3, 0), PagingFixture.Map(f.Own + 10, PageBits.Present | PageBits.Writable), preserve: true);
        Assert.Equal(PageBits.Accessed | PageBits.Dirty, f.Entry(f.Own + 3, 0) & (PageBits.Accessed | PageBits.Dirty));
        f.Updates.Write(f.Address(f.Own + 3, 0), PagingFixture.Map(f.Own + 10, PageBits.Present | PageBits.Writable), preserve: false);
        Assert.Equal(0ul, f.Entry(f.Own + 3, 0) & (PageBits.Accessed | PageBits.Dirty));
    }

    [Fact]
    public void The_writable_bit_never_changes_without_its_reference()
    {
        using PagingFixture f = new();
        f.Types.Pin(f.MakeHierarchy(PagingFixture.Present), FrameType.L4);
        Assert.Equal(0, f.Frames[f.Own + 10].TypeCount);
        f.Updates.Write(f.Address(f.Own + 3, 0), PagingFixture.Map(f.Own + 10, PagingFixture.ReadWrite), false);
        Assert.Equal((FrameType.Writable, 1), (f.Frames[f.Own + 10].Type, f.Frames[f.Own + 10].TypeCount));
    }

    [Fact]
    public void Plain_memory_is_written_as_it_is()
    {
        using PagingFixture f = new();
        Assert.Equal(XenError.Success, f.Updates.Write(f.Address(f.Own + 20, 5), 0x1234_5678_9ABC_DEF7, false));
        Assert.Equal(0x1234_5678_9ABC_DEF7ul, f.Entry(f.Own + 20, 5));
        Assert.Equal((0, 0), (f.Frames[f.Own + 20].TypeCount, f.Frames[f.Own + 20].Count));
        Assert.Equal(XenError.Invalid, f.Updates.Write(f.Address(f.Foreign, 0), 0, false));
    }

    [Fact]
    public void A_leaf_is_found_through_present_tables_only()
    {
        using PagingFixture f = new();
        ulong root = f.MakeHierarchy();
        Assert.True(f.Tables.TryFindLeaf(root, 0, out ulong slot));
        Assert.Equal(f.Address(f.Own + 3, 0), slot);
        Assert.False(f.Tables.TryFindLeaf(root, 1UL << 39, out _));
        Assert.False(f.Tables.TryFindLeaf(root, MachineToPhysical.VirtualStart, out _));
        Assert.False(f.Tables.TryFindLeaf(0, 0, out _));
    }
}
