using Dominion.Buses;
using Dominion.Devices.Pc.Registers;

namespace Dominion.Devices.Pc.Tests.Registers;

public sealed class RegisterMapTests
{
    private readonly List<(string Name, uint Value, uint Mask)> _writes = [];

    [Fact]
    public void A_wide_access_is_taken_apart_in_ascending_order()
    {
        RegisterMap map = Make(1);
        Assert.Equal(0x4433_2211UL, map.Read(new BusAccess(0, AccessWidth.Dword, 0)));
        map.Write(new BusAccess(1, AccessWidth.Word, 0), 0xBBAA);
        Assert.Equal([("1", 0xAAU, 0xFFU), ("2", 0xBBU, 0xFFU)], _writes);
    }

    [Fact]
    public void A_narrow_access_reads_its_part_and_writes_under_a_mask()
    {
        RegisterMap map = Make(4);
        Assert.Equal(0x22UL, map.Read(new BusAccess(1, AccessWidth.Byte, 0)) & 0xFF);
        map.Write(new BusAccess(2, AccessWidth.Word, 0), 0xBBAA);
        Assert.Equal([("0", 0xBBAA_0000U, 0xFFFF_0000U)], _writes);
    }

    [Fact]
    public void An_access_across_registers_touches_both()
    {
        RegisterMap map = Make(2);
        map.Write(new BusAccess(1, AccessWidth.Word, 0), 0xBBAA);
        Assert.Equal([("0", 0xAA00U, 0xFF00U), ("2", 0x00BBU, 0x00FFU)], _writes);
    }

    [Fact]
    public void Past_the_end_everything_reads_as_ones_and_writes_are_dropped()
    {
        RegisterMap map = Make(1);
        Assert.Equal(0xFFFF_FF44UL, map.Read(new BusAccess(3, AccessWidth.Dword, 0)));
        map.Write(new BusAccess(3, AccessWidth.Qword, 0), 0x55);
        Assert.Equal([("3", 0x55U, 0xFFU)], _writes);
    }

    [Fact]
    public void The_table_describes_itself() => Assert.Equal([(0, "0"), (2, "2")], Make(2).Describe());

    private RegisterMap Make(int size)
    {
        RegisterMap map = new(size, 4);
        for (int i = 0; i < 4; i += size)
        {
            string name = $"{i}";
            uint value = 0x4433_2211U >> (i * 8);
            map.At(i, name, () => value, (written, mask) => _writes.Add((name, written, mask)));
        }

        return map;
    }
}
