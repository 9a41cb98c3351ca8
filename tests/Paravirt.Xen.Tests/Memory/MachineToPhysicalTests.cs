using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.Time;

namespace Dominion.Paravirt.Xen.Tests.Memory;

public unsafe class MachineToPhysicalTests
{
    [Fact]
    public void The_table_is_reached_through_its_slot_read_only()
    {
        using TestMemory memory = new(2048);
        using FrameTable frames = new(memory);
        MachineToPhysical table = new(frames);
        table[1500] = 77;
        Assert.Equal(FrameTable.InvalidPfn, table[1501]);
        Assert.Equal(FrameTable.InvalidPfn, table[1UL << 40]);

        // The walk that a processor makes.
        ulong linear = MachineToPhysical.VirtualStart + (8 * 1500);
        ulong entry = table.Slot;
        for (int shift = 30; shift >= 12; shift -= 9)
        {
            Assert.True(PageBits.IsPresent(entry));
            entry = ((ulong*)frames.Page(PageBits.Frame(entry)))[(linear >> shift) & 511];
        }

        Assert.Equal(0ul, entry & PageBits.Writable);
        Assert.Equal(77ul, *(ulong*)(frames.Page(PageBits.Frame(entry)) + (linear & 0xFFF)));
        Assert.Equal(VmmFrames.Owner, memory.OwnerOf(PageBits.Frame(entry)));
    }

    [Theory]
    [InlineData(1_000_000_000L, 1_000_000_000L, 1_000_000_000L)]
    [InlineData(2_500_000_000L, 5_000_000_000L, 2_000_000_000L)]
    [InlineData(10_000_000L, 12_345L, 1_234_500L)]
    public void The_time_scale_turns_counts_into_nanoseconds(long frequency, long counts, long nanoseconds)
    {
        (uint multiplier, sbyte shift) = TimeScale.Of(frequency);
        UInt128 scaled = shift >= 0 ? (UInt128)counts << shift : (UInt128)counts >> -shift;
        long result = (long)((scaled * multiplier) >> 32);
        Assert.InRange(result, nanoseconds - 8, nanoseconds);
    }
}
