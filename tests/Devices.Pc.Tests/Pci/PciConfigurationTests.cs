using Dominion.Buses;
using Dominion.Devices.Pc.Pci;
using Dominion.Devices.Pci;
using Dominion.Diagnostics;
using Dominion.Persistence;
using Moq;

namespace Dominion.Devices.Pc.Tests.Pci;

public class PciConfigurationTests
{
    private readonly TestBoard _board = new();
    private readonly TestRegisters _registers = new();

    [Fact]
    public void The_host_bridge_is_function_0_0_0_by_both_mechanisms()
    {
        Assert.Equal(0x0006_0000u << 8, _board.Configuration(0, 0x08));
        uint id = _board.Configuration(0, 0);
        _board.Ports.Write(0xCF8, AccessWidth.Dword, 0x8000_0000, 0);
        Assert.Equal(id, _board.Ports.Read(0xCFC, AccessWidth.Dword, 0));
        Assert.Equal(id >> 16, _board.Ports.Read(0xCFE, AccessWidth.Word, 0));
        Assert.Equal((id >> 8) & 0xFF, _board.Ports.Read(0xCFD, AccessWidth.Byte, 0));
    }

    [Theory]
    [InlineData(0x8000_F800u)]
    [InlineData(0x8001_0000u)]
    [InlineData(0x8000_0100u)]
    [InlineData(0x0000_0000u)]
    public void What_no_function_answers_reads_as_all_ones(uint address)
    {
        _board.Ports.Write(0xCF8, AccessWidth.Dword, address, 0);
        Assert.Equal(uint.MaxValue, _board.Ports.Read(0xCFC, AccessWidth.Dword, 0));
        Assert.Equal(0xFFFFu, _board.Ports.Read(0xCFC, AccessWidth.Word, 0));
    }

    [Fact]
    public void Only_a_dword_sets_the_configuration_address()
    {
        _board.Ports.Write(0xCF8, AccessWidth.Dword, 0xFFFF_FFFF, 0);
        Assert.Equal(0x80FF_FFFCu, _board.Ports.Read(0xCF8, AccessWidth.Dword, 0));
        _board.Ports.Write(0xCF8, AccessWidth.Byte, 0, 0);
        _board.Ports.Write(0xCF8, AccessWidth.Word, 0, 0);
        _board.Ports.Write(0xCFA, AccessWidth.Word, 0, 0);
        Assert.Equal(0x80FF_FFFCu, _board.Ports.Read(0xCF8, AccessWidth.Dword, 0));
    }

    [Fact]
    public void Reset_control_resets_on_the_rise_of_its_bit()
    {
        _board.Ports.Write(0xCF9, AccessWidth.Byte, 0x02, 0);
        Assert.Empty(_board.Resets);
        Assert.Equal(0x02u, _board.Ports.Read(0xCF9, AccessWidth.Byte, 0));
        _board.Ports.Write(0xCF9, AccessWidth.Byte, 0x06, 0);
        _board.Ports.Write(0xCF9, AccessWidth.Byte, 0x06, 0);
        Assert.Single(_board.Resets);
    }

    [Theory]
    [InlineData(PciBarKind.Memory32, 0x2000UL, 0xFFFF_E000u)]
    [InlineData(PciBarKind.Memory32, 0x10UL, 0xFFFF_FFF0u)]
    [InlineData(PciBarKind.Port, 0x20UL, 0xFFFF_FFE1u)]
    [InlineData(PciBarKind.Port, 0x4UL, 0xFFFF_FFFDu)]
    public void Sizing_a_bar_reads_back_its_size(PciBarKind kind, ulong size, uint expected)
    {
        int device = Add(new PciBar(2, kind, size, _registers));
        uint before = _board.Configuration(device, 0x18);
        _board.SetConfiguration(device, 0x18, uint.MaxValue);
        Assert.Equal(expected, _board.Configuration(device, 0x18));
        _board.SetConfiguration(device, 0x18, before);
        Assert.Equal(before, _board.Configuration(device, 0x18));
    }

    [Fact]
    public void Sizing_a_64_bit_bar_reads_back_its_size_in_two_registers()
    {
        int device = Add(new PciBar(0, PciBarKind.Memory64Prefetchable, 1UL << 33, _registers));
        _board.SetConfiguration(device, 0x10, uint.MaxValue);
        _board.SetConfiguration(device, 0x14, uint.MaxValue);
        Assert.Equal(0x0000_000Cu, _board.Configuration(device, 0x10));
        Assert.Equal(0xFFFF_FFFEu, _board.Configuration(device, 0x14));
    }

    [Fact]
    public void Bars_have_places_in_their_windows_after_reset_and_answer()
    {
        int device = Add(
            new PciBar(0, PciBarKind.Memory32, 0x1000, _registers),
            new PciBar(1, PciBarKind.Memory64, 0x10000, _registers),
            new PciBar(3, PciBarKind.Port, 0x40, _registers));
        uint memory = _board.Configuration(device, 0x10);
        uint wide = _board.Configuration(device, 0x14);
        uint port = _board.Configuration(device, 0x1C);
        Assert.InRange(memory, PciLayout.Memory32Start, PciLayout.Memory32Start + PciLayout.Memory32Length - 1);
        Assert.Equal(0u, memory & 0xFFF);
        Assert.Equal(4u, wide & 0xFFFF);
        Assert.InRange(port, PciLayout.PortStart, (uint)ushort.MaxValue);
        Assert.Equal(1u, port & 0x3F);
        Assert.Equal(_registers.Value, _board.Space.Read(memory + 8, AccessWidth.Dword, 0));
        Assert.Equal(8u, _registers.LastOffset);
        Assert.Equal(_registers.Value, _board.Ports.Read((ushort)(port - 1), AccessWidth.Dword, 0));
    }

    [Fact]
    public void A_bar_too_large_for_the_low_window_goes_above_and_one_too_large_for_all_is_refused()
    {
        int device = Add(new PciBar(0, PciBarKind.Memory64, 1UL << 30, _registers));
        ulong address = (_board.Configuration(device, 0x10) & ~0xFUL) | ((ulong)_board.Configuration(device, 0x14) << 32);
        (ulong start, ulong length) = PciLayout.GetMemory64Window(40);
        Assert.InRange(address, start, start + length - (1UL << 30));
        Assert.Equal("DOM3209", Assert.Throws<DiagnosticException>(() => Add(new PciBar(0, PciBarKind.Memory32, 1UL << 30, _registers))).Diagnostic.Id);
    }

    [Theory]
    [InlineData(36)]
    [InlineData(39)]
    [InlineData(40)]
    [InlineData(46)]
    [InlineData(52)]
    public void The_high_window_lies_inside_the_address_space(int bits)
    {
        (ulong start, ulong length) = PciLayout.GetMemory64Window(bits);
        Assert.True(start >= 1UL << 32 && length > 0 && start + length <= 1UL << bits);
    }

    [Fact]
    public void The_command_register_switches_decoding_off_and_on()
    {
        int device = Add(new PciBar(0, PciBarKind.Memory32, 0x1000, _registers), new PciBar(1, PciBarKind.Port, 0x10, _registers));
        uint memory = _board.Configuration(device, 0x10);
        uint port = _board.Configuration(device, 0x14) & ~1u;
        Assert.Equal(3u, _board.Configuration(device, 4, AccessWidth.Word));
        _board.SetConfiguration(device, 4, 1, AccessWidth.Word);
        Assert.Equal(uint.MaxValue, _board.Space.Read(memory, AccessWidth.Dword, 0));
        Assert.Equal(_registers.Value, _board.Ports.Read((ushort)port, AccessWidth.Dword, 0));
        _board.SetConfiguration(device, 4, 2, AccessWidth.Word);
        Assert.Equal(_registers.Value, _board.Space.Read(memory, AccessWidth.Dword, 0));
        Assert.Equal(uint.MaxValue, _board.Ports.Read((ushort)port, AccessWidth.Dword, 0));
    }

    [Fact]
    public void A_bar_follows_its_register_but_not_to_where_sizing_leaves_it()
    {
        int device = Add(new PciBar(0, PciBarKind.Memory32, 0x1000, _registers));
        TestMapping mapping = _board.Space.Mappings.Find(m => m.Target == _registers)!;
        _board.SetConfiguration(device, 0x10, uint.MaxValue);
        Assert.False(mapping.Enabled);
        _board.SetConfiguration(device, 0x10, 0);
        Assert.False(mapping.Enabled);
        _board.SetConfiguration(device, 0x10, 0xC123_4567);
        Assert.True(mapping.Enabled);
        Assert.Equal(0xC123_4000u, mapping.Start);
    }

    [Fact]
    public void Bus_mastering_obeys_the_command_register()
    {
        IPciPort port = _board.Host.Add(Describe(), Mock.Of<IPciFunction>());
        byte[] bytes = new byte[4];
        Assert.False(port.Memory.TryRead(0, bytes));
        _board.SetConfiguration(port.DeviceNumber, 4, 4, AccessWidth.Word);
        Assert.True(port.Memory.TryRead(0, bytes));
        Assert.True(port.Memory.TryWrite(0, bytes));
    }

    [Fact]
    public void The_pin_drives_the_line_of_its_device_number_and_obeys_interrupt_disable()
    {
        IPciPort port = _board.Host.Add(Describe() with { HasInterruptPin = true }, Mock.Of<IPciFunction>(), deviceNumber: 6);
        Assert.Equal(1u, _board.Configuration(6, 0x3D, AccessWidth.Byte));
        port.SetInterrupt(true);
        Assert.True(_board.Lines[18]);
        Assert.Equal(8u, _board.Configuration(6, 6, AccessWidth.Word) & 8);
        _board.SetConfiguration(6, 4, 0x400, AccessWidth.Word);
        Assert.False(_board.Lines[18]);
        Assert.Equal(8u, _board.Configuration(6, 6, AccessWidth.Word) & 8);
        _board.SetConfiguration(6, 4, 0, AccessWidth.Word);
        Assert.True(_board.Lines[18]);
        port.SetInterrupt(false);
        Assert.False(_board.Lines[18]);
        Assert.Equal(0u, _board.Configuration(6, 6, AccessWidth.Word) & 8);
    }

    [Fact]
    public void Identity_is_read_only()
    {
        int device = Add(new PciBar(0, PciBarKind.Memory32, 0x1000, _registers));
        uint[] before = [.. Enumerable.Range(0, 4).Select(i => _board.Configuration(device, i * 4))];
        uint subsystem = _board.Configuration(device, 0x2C);
        foreach (int offset in (int[])[0, 8, 0x2C, 0x34])
            _board.SetConfiguration(device, offset, 0xA5A5_A5A5);
        Assert.Equal(before[0], _board.Configuration(device, 0));
        Assert.Equal(before[2], _board.Configuration(device, 8));
        Assert.Equal(subsystem, _board.Configuration(device, 0x2C));
        Assert.Equal(0u, _board.Configuration(device, 0x100));
    }

    [Fact]
    public void A_live_capability_is_the_functions_to_answer()
    {
        Mock<IPciFunction> function = new();
        function.Setup(f => f.ReadCapability(0, 4, 4)).Returns(0xCAFE_F00D);
        function.Setup(f => f.ReadCapability(0, 2, 2)).Returns(0x1234);
        PciDescriptor descriptor = Describe() with { Capabilities = [new PciCapability(9, new byte[6], IsLive: true)] };
        int device = _board.Host.Add(descriptor, function.Object).DeviceNumber;
        int at = _board.FindCapability(device, 9);
        Assert.Equal(0xCAFE_F00Du, _board.Configuration(device, at + 4));
        Assert.Equal(0x1234_0009u, _board.Configuration(device, at));
        _board.SetConfiguration(device, at + 6, 0x77, AccessWidth.Byte);
        function.Verify(f => f.WriteCapability(0, 6, 1, 0x77), Times.Once);
    }

    [Fact]
    public void The_bus_gives_out_device_numbers_and_refuses_the_thirty_third()
    {
        _board.Host.Add(Describe(), Mock.Of<IPciFunction>(), deviceNumber: 1);
        Assert.Equal("DOM3208", Assert.Throws<DiagnosticException>(() => _board.Host.Add(Describe(), Mock.Of<IPciFunction>(), 1)).Diagnostic.Id);
        for (int i = 2; i < 32; i++)
            Assert.Equal(i, _board.Host.Add(Describe(), Mock.Of<IPciFunction>()).DeviceNumber);
        Assert.Equal("DOM3207", Assert.Throws<DiagnosticException>(() => _board.Host.Add(Describe(), Mock.Of<IPciFunction>())).Diagnostic.Id);
    }

    [Theory]
    [InlineData(6, PciBarKind.Memory32, 16UL)]
    [InlineData(-1, PciBarKind.Memory32, 16UL)]
    [InlineData(5, PciBarKind.Memory64, 16UL)]
    [InlineData(0, PciBarKind.Memory32, 8UL)]
    [InlineData(0, PciBarKind.Memory32, 48UL)]
    [InlineData(0, PciBarKind.Port, 2UL)]
    [InlineData(2, PciBarKind.Memory32, 16UL)]
    public void A_function_with_impossible_bars_is_refused(int index, PciBarKind kind, ulong size) =>
        Assert.Throws<ArgumentException>(() => Add(new PciBar(1, PciBarKind.Memory64, 16, _registers), new PciBar(index, kind, size, _registers)));

    [Fact]
    public void Reset_brings_back_what_firmware_left()
    {
        int device = Add(new PciBar(0, PciBarKind.Memory32, 0x1000, _registers));
        uint memory = _board.Configuration(device, 0x10);
        _board.SetConfiguration(device, 0x10, 0xD000_0000);
        _board.SetConfiguration(device, 4, 0, AccessWidth.Word);
        _board.Host.Reset();
        Assert.Equal(memory, _board.Configuration(device, 0x10));
        Assert.Equal(_registers.Value, _board.Space.Read(memory, AccessWidth.Dword, 0));
    }

    [Fact]
    public void State_survives_save_and_restore()
    {
        int device = Add(new PciBar(0, PciBarKind.Memory32, 0x1000, _registers));
        _board.SetConfiguration(device, 0x10, 0xD000_0000);
        _board.SetConfiguration(device, 4, 6, AccessWidth.Word);
        MemoryStream stream = new();
        _board.Host.Save(new StateWriter(stream));
        _board.Host.Reset();
        stream.Position = 0;
        _board.Host.Restore(new StateReader(stream));
        Assert.Equal(0xD000_0000u, _board.Configuration(device, 0x10));
        Assert.Equal(6u, _board.Configuration(device, 4, AccessWidth.Word));
        Assert.Equal(_registers.Value, _board.Space.Read(0xD000_0000, AccessWidth.Dword, 0));

        TestBoard other = new();
        stream.Position = 0;
        Assert.Throws<InvalidDataException>(() => other.Host.Restore(new StateReader(stream)));
    }

    [Theory]
    [InlineData(false, 0x1B36UL)]
    [InlineData(true, 0x0008UL)]
    public void The_low_bits_of_the_address_count_only_where_an_option_says_so(bool counts, ulong read)
    {
        TestBoard board = new(wholeRegisterNumber: counts);
        board.Ports.Write(0xCF8, AccessWidth.Dword, 0x8000_0002, 0);
        Assert.Equal(counts ? 0x8000_0002UL : 0x8000_0000, board.Ports.Read(0xCF8, AccessWidth.Dword, 0));
        Assert.Equal(read, board.Ports.Read(0xCFC, AccessWidth.Word, 0));
    }

    private static PciDescriptor Describe(params PciBar[] bars) => new() { VendorId = 0x1234, DeviceId = 0x5678, ClassCode = 0xFF0000, Bars = bars };

    private int Add(params PciBar[] bars) => _board.Host.Add(Describe(bars), Mock.Of<IPciFunction>()).DeviceNumber;
}
