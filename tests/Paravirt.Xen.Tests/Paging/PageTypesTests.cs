using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.Paging;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Paravirt.Xen.Tests.Paging;

public class PageTypesTests
{
    [Fact]
    public void Pinning_validates_every_level_and_makes_every_page_a_user_page()
    {
        using PagingFixture f = new();
        ulong root = f.MakeHierarchy();
        Assert.Equal(XenError.Success, f.Types.Pin(root, FrameType.L4));
        Assert.Equal([FrameType.L4, FrameType.L3, FrameType.L2, FrameType.L1], Enumerable.Range(0, 4).Select(i => f.Frames[root + (ulong)i].Type));
        Assert.Equal(FrameType.Writable, f.Frames[f.Own + 10].Type);
        Assert.Equal(PagingFixture.Map(f.Own + 10, PagingFixture.ReadWrite | PageBits.User | PageTableEntryRules.GuestKernel), f.Entry(f.Own + 3, 0));
        Assert.Equal(0xABCD_E007ul, f.Entry(root, ReservedSlots.MachineToPhysicalSlot));
    }

    [Fact]
    public void Unpinning_gives_every_reference_back()
    {
        using PagingFixture f = new();
        ulong root = f.MakeHierarchy();
        f.Types.Pin(root, FrameType.L4);
        Assert.Equal(XenError.Success, f.Types.Unpin(root));
        for (ulong i = 0; i < 64; i++)
            Assert.Equal((0, 0), (f.Frames[f.Own + i].TypeCount, f.Frames[f.Own + i].Count));
        Assert.Equal(XenError.Invalid, f.Types.Unpin(root));
    }

    [Fact]
    public void A_frame_is_pinned_once()
    {
        using PagingFixture f = new();
        ulong root = f.MakeHierarchy();
        Assert.Equal(XenError.Success, f.Types.Pin(root, FrameType.L4));
        Assert.Equal(XenError.Invalid, f.Types.Pin(root, FrameType.L4));
        Assert.Equal(1, f.Frames[root].TypeCount);
    }

    [Fact]
    public void A_table_is_not_writable_and_what_is_writable_is_no_table()
    {
        using PagingFixture f = new();
        f.MakeHierarchy();
        f.Entry(f.Own + 3, 1) = PagingFixture.Map(f.Own + 3, PagingFixture.ReadWrite);
        Assert.Equal(XenError.Invalid, f.Types.Pin(f.Own, FrameType.L4));
        f.Entry(f.Own + 3, 1) = PagingFixture.Map(f.Own + 3, PagingFixture.Present);
        Assert.Equal(XenError.Success, f.Types.Pin(f.Own, FrameType.L4));
        Assert.Equal(XenError.Invalid, f.Types.GetAs(f.Own + 3, FrameType.Writable));
        Assert.Equal(XenError.Invalid, f.Types.GetAs(f.Own + 10, FrameType.L1));
    }

    [Theory]
    [InlineData(PageBits.Large)]
    [InlineData(PageBits.CacheDisable)]
    [InlineData(PageBits.WriteThrough)]
    [InlineData(1UL << 62)]
    public void Bits_that_no_guest_may_set_refuse_the_table(ulong bit)
    {
        using PagingFixture f = new();
        Assert.Equal(XenError.Invalid, f.Types.Pin(f.MakeHierarchy(PagingFixture.ReadWrite | bit), FrameType.L4));
        Assert.Equal(0, f.Frames[f.Own + 10].Count);
    }

    [Fact]
    public void Frames_of_others_and_beyond_memory_are_refused()
    {
        using PagingFixture f = new();
        Assert.Equal(XenError.Invalid, f.Types.GetEntry(1, PagingFixture.Map(f.Foreign, PagingFixture.ReadWrite)));
        Assert.Equal(XenError.Invalid, f.Types.GetEntry(1, PagingFixture.Map(f.Foreign, PagingFixture.Present)));
        Assert.Equal(XenError.Perm, f.Types.GetEntry(1, PagingFixture.Map(0xFEE00, PagingFixture.Present)));
        Assert.Equal(XenError.Invalid, f.Types.GetEntry(2, PagingFixture.Map(f.Foreign, PagingFixture.ReadWrite)));
        Assert.Equal(0, f.Frames[f.Foreign].Count);
    }

    [Fact]
    public void A_writable_page_becomes_a_table_only_behind_a_flush()
    {
        using PagingFixture f = new();
        Assert.Equal(XenError.Success, f.Types.GetAs(f.Own + 3, FrameType.Writable));
        f.Types.PutAs(f.Own + 3);
        Assert.Equal(0, f.Flushes);
        Assert.Equal(XenError.Success, f.Types.GetAs(f.Own + 3, FrameType.L1));
        Assert.Equal(1, f.Flushes);
        f.Types.PutAs(f.Own + 3);

        // The flush has been: a second change of the same kind needs none.
        f.Types.GetAs(f.Own + 4, FrameType.Writable);
        f.Types.PutAs(f.Own + 4);
        f.FlushEverywhere();
        f.Types.GetAs(f.Own + 4, FrameType.L1);
        Assert.Equal(2, f.Flushes);
    }

    [Fact]
    public void Descriptors_of_the_vmm_s_privilege_are_lowered_and_gates_refused()
    {
        using PagingFixture f = new();
        f.Entry(f.Own, 1) = 0x00AF_9B00_0000_FFFF;
        Assert.Equal(XenError.Success, f.Types.GetAs(f.Own, FrameType.Descriptors));
        Assert.Equal(0x00AF_FB00_0000_FFFFul, f.Entry(f.Own, 1));
        f.Types.PutAs(f.Own);

        // An interrupt gate, a TSS, a conforming code segment.
        foreach (ulong bad in (ReadOnlySpan<ulong>)[0x0000_8E00_0008_0000, 0x0000_8900_0000_0067, 0x00AF_9F00_0000_FFFF])
        {
            f.Entry(f.Own + 1, 0) = bad;
            Assert.Equal(XenError.Invalid, f.Types.GetAs(f.Own + 1, FrameType.Descriptors));
            Assert.Equal(bad, f.Entry(f.Own + 1, 0));
        }
    }

    /// <summary>Whatever a guest asks for, a frame is never a table and writable at once, and what is taken is given back.</summary>
    [Fact]
    public void Random_requests_keep_the_invariants()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            using PagingFixture f = new();
            Random random = new(seed);
            List<ulong> pinned = [];
            for (int step = 0; step < 300; step++)
            {
                ulong mfn = f.Own + (ulong)random.Next(8);
                switch (random.Next(4))
                {
                    case 0 when f.Types.Pin(mfn, (FrameType)random.Next(1, 5)) == XenError.Success:
                        pinned.Add(mfn);
                        break;
                    case 1 when f.Types.Unpin(mfn) == XenError.Success:
                        pinned.Remove(mfn);
                        break;
                    default:
                        ulong target = random.Next(6) == 0 ? f.Foreign : f.Own + (ulong)random.Next(8);
                        ulong bits = (ulong)random.Next(0x1000) & ~(PageBits.Large | PageBits.CacheDisable | PageBits.WriteThrough);
                        f.Updates.Write(f.Address(mfn, random.Next(2)), PagingFixture.Map(target, bits), random.Next(2) == 0);
                        break;
                }

                Check(f);
            }

            foreach (ulong mfn in pinned)
                Assert.Equal(XenError.Success, f.Types.Unpin(mfn));
            for (ulong i = 0; i < 64; i++)
                Assert.Equal((0, 0), (f.Frames[f.Own + i].TypeCount, f.Frames[f.Own + i].Count));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    private static void Check(PagingFixture f)
    {
        for (ulong table = f.Own; table < f.Own + 8; table++)
        {
            if (f.Frames[table] is not { TypeCount: > 0, Type: FrameType.L1 })
                continue;
            for (int i = 0; i < 2; i++)
            {
                ulong entry = f.Entry(table, i);
                if (!PageBits.IsPresent(entry))
                    continue;
                ulong target = PageBits.Frame(entry);
                Assert.True(f.Types.Owns(target));
                if ((entry & PageBits.Writable) != 0)
                    Assert.Equal(FrameType.Writable, f.Frames[target].Type);
            }
        }
    }
}
