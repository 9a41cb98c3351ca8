using Dominion.Memory;
using Dominion.Paravirt.Xen.GrantTables;
using Dominion.Paravirt.Xen.Memory;

namespace Dominion.Paravirt.Xen.Tests.GrantTables;

public sealed unsafe class GrantTableTests : IDisposable
{
    private readonly TestMemory _memory = new(128);
    private readonly FrameTable _frames;
    private readonly GrantTable _grants;

    public GrantTableTests()
    {
        _frames = new FrameTable(_memory);
        _grants = new GrantTable(_frames, () => _memory.TryAllocate(1, 1, out FrameRange range) ? range.First : null);
    }

    [Fact]
    public void A_grant_is_for_one_domain_and_marked_while_it_is_used()
    {
        _grants.Seed(5, 7, 42);
        Assert.Equal(GrantStatus.GeneralError, _grants.Begin(5, 8, false, out _));
        Assert.Equal(GrantStatus.Okay, _grants.Begin(5, 7, true, out ulong mfn));
        Assert.Equal(42ul, mfn);
        Assert.Equal(0x19, *Entry(5));
        Assert.Equal(GrantStatus.Okay, _grants.Begin(5, 7, false, out _));
        _grants.End(5, true);
        Assert.Equal(0x09, *Entry(5));
        _grants.End(5, false);
        Assert.Equal(0x01, *Entry(5));
    }

    [Fact]
    public void A_read_only_grant_is_not_written()
    {
        _grants.Seed(9, 7, 42);
        *Entry(9) |= 4;
        Assert.Equal(GrantStatus.GeneralError, _grants.Begin(9, 7, true, out _));
        Assert.Equal(GrantStatus.Okay, _grants.Begin(9, 7, false, out _));
        Assert.Equal(0x0D, *Entry(9));
    }

    [Fact]
    public void References_outside_the_table_and_unused_entries_are_refused()
    {
        Assert.Equal(GrantStatus.BadReference, _grants.Begin(512, 7, false, out _));
        Assert.Equal(GrantStatus.BadReference, _grants.Begin(uint.MaxValue, 7, false, out _));
        Assert.Equal(GrantStatus.GeneralError, _grants.Begin(3, 0, false, out _));
        Assert.True(_grants.Grow(2));
        Assert.Equal(GrantStatus.GeneralError, _grants.Begin(512, 0, false, out _));
        Assert.False(_grants.Grow(GrantTable.MaximumFrames + 1));
    }

    public void Dispose()
    {
        _frames.Dispose();
        _memory.Dispose();
    }

    private ushort* Entry(uint reference) => (ushort*)(_frames.Page(_grants.Frame(0)) + (8 * reference));
}
