using Dominion.Buses;
using Dominion.Devices.Pc.Testing;
using Dominion.Devices.Pc.Tests.Pci;

namespace Dominion.Devices.Pc.Tests.Testing;

/// <summary>The registers of QEMU's docs/specs/edu.rst.</summary>
public sealed class EduTests
{
    private const int Device = 1;
    private const int PinLine = 17;
    private readonly TestBoard _board = new();
    private readonly Edu _edu;
    private readonly ulong _base;

    public EduTests()
    {
        _edu = new Edu(_board, new EduOptions());
        _edu.Reset();
        _board.SetConfiguration(Device, 4, 6, AccessWidth.Word);
        _base = _board.Configuration(Device, 0x10) & ~0xFU;
    }

    [Fact]
    public void It_says_what_it_is_and_that_it_lives()
    {
        Assert.Equal(0x11E8_1234U, _board.Configuration(Device, 0));
        Assert.Equal(0x0100_00EDU, Get(0));
        Set(4, 0x1234_5678);
        Assert.Equal(~0x1234_5678U, Get(4));
    }

    [Fact]
    public void Registers_under_0x80_take_dwords_only()
    {
        _board.Space.Write(_base + 4, AccessWidth.Byte, 1, 0);
        _board.Space.Write(_base + 4, AccessWidth.Qword, 1, 0);
        Assert.Equal(0U, Get(4));
        Assert.Equal(0xFFUL, _board.Space.Read(_base, AccessWidth.Byte, 0));
    }

    [Theory]
    [InlineData(0U, 1U)]
    [InlineData(1U, 1U)]
    [InlineData(5U, 120U)]
    [InlineData(13U, 1932053504U)]
    [InlineData(33U, 0x8000_0000U)]
    [InlineData(34U, 0U)]
    [InlineData(uint.MaxValue, 0U)]
    public void It_computes_factorials(uint number, uint factorial)
    {
        Set(8, number);
        Assert.Equal(factorial, Get(8));
        Assert.Equal(0U, Get(0x20) & 1);
        Assert.Equal(0U, Get(0x24));
        Set(0x20, 0x80);
        Set(8, number);
        Assert.Equal(1U, Get(0x24));
    }

    [Fact]
    public void An_interrupt_lasts_until_it_is_acknowledged()
    {
        Set(0x60, 6);
        Assert.Equal(6U, Get(0x24));
        Assert.True(_board.Lines[PinLine]);
        Set(0x64, 2);
        Assert.True(_board.Lines[PinLine]);
        Set(0x64, 4);
        Assert.False(_board.Lines[PinLine]);
        Assert.Equal(0U, Get(0x24));
    }

    [Fact]
    public void With_MSI_on_it_sends_a_message_instead()
    {
        int capability = _board.FindCapability(Device, 5);
        Assert.Equal(0x80U, _board.Configuration(Device, capability + 2, AccessWidth.Word));
        _board.SetConfiguration(Device, capability + 4, 0xFEE0_1003);
        _board.SetConfiguration(Device, capability + 8, 0);
        _board.SetConfiguration(Device, capability + 12, 0x41);
        Set(0x60, 1);
        Assert.Empty(_board.Sent);
        _board.SetConfiguration(Device, capability + 2, 0xFFFF, AccessWidth.Word);
        Assert.Equal(0x81U, _board.Configuration(Device, capability + 2, AccessWidth.Word));
        Assert.False(_board.Lines[PinLine]);
        Set(0x60, 2);
        Assert.Equal([(0xFEE0_1000UL, 0x41U)], _board.Sent);
        _board.SetConfiguration(Device, 4, 2, AccessWidth.Word);
        Set(0x60, 4);
        Assert.Single(_board.Sent);
        _board.SetConfiguration(Device, capability + 2, 0, AccessWidth.Word);
        Assert.True(_board.Lines[PinLine]);
    }

    [Fact]
    public void DMA_goes_between_memory_and_the_buffer()
    {
        _board.Space.Ram[0x5000] = 0x77;
        Transfer(0x5000, 0x4_0010, 1, 1);
        Transfer(0x4_0010, 0x6000, 1, 3 | 4);
        Assert.Equal(0x77, _board.Space.Ram[0x6000]);
        Assert.Equal(0x100U, Get(0x24));
        Assert.Equal(0U, Get(0x98) & 1);
    }

    [Theory]
    [InlineData(0x3_FFFFUL, 1UL)]
    [InlineData(0x4_0000UL, 4097UL)]
    [InlineData(0x4_1000UL, 1UL)]
    [InlineData(0x4_0800UL, ulong.MaxValue)]
    [InlineData(ulong.MaxValue, 2UL)]
    public void What_is_not_in_the_buffer_is_not_transferred(ulong own, ulong count)
    {
        Transfer(own, 0x6000, count, 3);
        Transfer(0x6000, own, count, 1);
        Assert.Empty(_board.Space.DeviceWrites);
        Assert.Equal(0U, Get(0x98) & 1);
    }

    [Fact]
    public void Its_addresses_have_28_bits()
    {
        _board.Space.Ram[0x5000] = 0x55;
        Transfer(0x7000_5000, 0x4_0000, 1, 1);
        Transfer(0x4_0000, 0x1_1000_6000, 1, 3);
        Assert.Equal(0x55, _board.Space.Ram[0x6000]);
    }

    [Fact]
    public void Behind_an_IOMMU_it_uses_the_addresses_of_its_tables()
    {
        Iommu.IommuMachine machine = new();
        TestBoard board = new() { Iommu = machine.Unit };
        using Edu edu = new(board, new EduOptions());
        board.SetConfiguration(Device, 4, 6, AccessWidth.Word);
        ulong registers = board.Configuration(Device, 0x10) & ~0xFU;
        machine.EnableTranslation();
        machine.WriteRam(Iommu.IommuMachine.ContextTable + (Device << 3) * 16, Iommu.IommuMachine.PageTables | 1);
        machine.WriteRam(Iommu.IommuMachine.ContextTable + (Device << 3) * 16 + 8, 1);
        machine.Map(0x5000, Iommu.IommuMachine.Data);
        machine.Ram[Iommu.IommuMachine.Data] = 0x33;
        Transfer(board, registers, 0x5000, 0x4_0000, 1, 1);
        Transfer(board, registers, 0x4_0000, 0x5001, 1, 3);
        Assert.Equal(0x33, machine.Ram[Iommu.IommuMachine.Data + 1]);
        Transfer(board, registers, 0x6000, 0x4_0000, 1, 1);
        Assert.Equal((6, (ushort)(Device << 3), 0x6000UL, true), machine.Fault());
    }

    [Fact]
    public void Save_and_restore_keep_buffer_and_registers()
    {
        _board.Space.Ram[0x5000] = 0x77;
        Transfer(0x5000, 0x4_0000, 1, 1);
        Set(4, 5);
        byte[] state = TestDomain.Save(_edu);
        TestBoard other = new();
        using Edu copy = new(other, new EduOptions());
        TestDomain.Restore(copy, state);
        Assert.Equal(state, TestDomain.Save(copy));
    }

    private static void Transfer(TestBoard board, ulong registers, ulong source, ulong destination, ulong count, uint command)
    {
        board.Space.Write(registers + 0x80, AccessWidth.Qword, source, 0);
        board.Space.Write(registers + 0x88, AccessWidth.Qword, destination, 0);
        board.Space.Write(registers + 0x90, AccessWidth.Qword, count, 0);
        board.Space.Write(registers + 0x98, AccessWidth.Dword, command, 0);
    }

    private void Transfer(ulong source, ulong destination, ulong count, uint command) => Transfer(_board, _base, source, destination, count, command);

    private uint Get(int offset) => (uint)_board.Space.Read(_base + (ulong)offset, AccessWidth.Dword, 0);

    private void Set(int offset, uint value) => _board.Space.Write(_base + (ulong)offset, AccessWidth.Dword, value, 0);
}
