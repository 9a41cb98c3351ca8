using Dominion.Devices;
using Dominion.FullVirt.Boot;

namespace Dominion.FullVirt.Tests.Boot;

public class BootMemoryTests
{
    [Fact]
    public void Places_avoid_what_is_taken_and_what_is_not_usable()
    {
        BootMemory memory = new(PcMap.OfMebibytes(2));
        Assert.True(memory.TryTake(0x10_0000, 0x1000));
        Assert.True(memory.TryPlaceLow(0x1000, 0x1000, 0x9f000, 1UL << 32, out ulong low));
        Assert.Equal(0x10_1000ul, low);
        Assert.True(memory.TryPlaceHigh(0x1000, 0x1000, 0, 1UL << 32, out ulong high));
        Assert.Equal(0x1f_f000ul, high);
        Assert.True(memory.TryPlaceHigh(0x1000, 0x1000, 0, 1UL << 32, out high));
        Assert.Equal(0x1f_e000ul, high);
        Assert.False(memory.TryTake(0x9f000, 0x1000));
        Assert.False(memory.TryTake(ulong.MaxValue - 1, 4));
        Assert.False(memory.TryPlaceLow(ulong.MaxValue, 0x1000, 0, ulong.MaxValue, out _));
        Assert.False(memory.TryPlaceHigh(ulong.MaxValue, 0x1000, 0, ulong.MaxValue, out _));
    }

    [Fact]
    public void Neighbours_are_one_range()
    {
        BootMemory memory = new([new(0x2000, 0x1000, MemoryMapType.Usable), new(0x1000, 0x1000, MemoryMapType.Usable)]);
        Assert.True(memory.Contains(0x1000, 0x2000));
        Assert.False(memory.Contains(0x1000, 0x2001));
    }
}
