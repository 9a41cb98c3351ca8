using Dominion.Memory;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.Paging;

namespace Dominion.Paravirt.Xen.Tests.Paging;

public class FrameCheckTests
{
    [Fact]
    public void A_walk_goes_through_tables_only_and_the_guest_writes_to_none()
    {
        using PagingFixture f = new();
        f.Types.Pin(f.MakeHierarchy(), FrameType.L4);
        FrameCheck check = new(f.Frames, PagingFixture.Domain);
        Assert.True(check.TryTranslate(f.Address(f.Own + 3, 0), MemoryAccess.Read, true, 0, out _));
        Assert.False(check.TryTranslate(f.Address(f.Own + 10, 0), MemoryAccess.Read, true, 0, out _));
        Assert.False(check.TryTranslate(f.Address(f.Own + 3, 0), MemoryAccess.Write, false, 0x1000, out _));
        Assert.Contains("writes to a frame that is L1", check.Refusal);
        Assert.True(check.TryTranslate(f.Address(f.Own + 3, 0), MemoryAccess.Read, false, 0x1000, out var readOnly));
        Assert.False(readOnly.CanWrite);
        Assert.True(check.TryTranslate(f.Address(f.Own + 10, 0), MemoryAccess.Write, false, 0, out var data));
        Assert.True(data.CanWrite);
    }

    [Fact]
    public void Frames_of_others_are_out_of_reach_whatever_the_tables_say()
    {
        using PagingFixture f = new();
        FrameCheck check = new(f.Frames, PagingFixture.Domain);
        Assert.False(check.TryTranslate(f.Address(f.Foreign, 0), MemoryAccess.Read, false, 0, out _));
        Assert.Contains("another domain", check.Refusal);
        Assert.False(check.TryTranslate(200UL << 12, MemoryAccess.Read, false, 0, out _));
        Assert.False(check.TryTranslate(ulong.MaxValue & ~0xFFFUL, MemoryAccess.Read, false, 0, out _));
    }
}
