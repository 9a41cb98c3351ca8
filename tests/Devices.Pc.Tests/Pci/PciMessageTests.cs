using Dominion.Buses;
using Dominion.Devices.Pci;
using Dominion.Persistence;
using Moq;

namespace Dominion.Devices.Pc.Tests.Pci;

/// <summary>MSI-X as PCI Local Bus 3.0, 6.8.2 has it.</summary>
public class PciMessageTests
{
    private const ushort Enable = 0x8000;
    private const ushort FunctionMask = 0x4000;

    private readonly TestBoard _board = new();
    private readonly IPciPort _port;
    private readonly int _capability;
    private readonly ulong _table;
    private readonly ulong _pending;

    public PciMessageTests()
    {
        _port = _board.Host.Add(
            new PciDescriptor
            {
                VendorId = 0x1234,
                DeviceId = 0x5678,
                ClassCode = 0xFF0000,
                HasInterruptPin = true,
                MessageCount = 3,
                Bars = [new PciBar(0, PciBarKind.Memory64, 0x1000, new TestRegisters())],
            },
            Mock.Of<IPciFunction>());
        _capability = _board.FindCapability(_port.DeviceNumber, 0x11);
        _table = Locate(_capability + 4);
        _pending = Locate(_capability + 8);
        _board.SetConfiguration(_port.DeviceNumber, 4, 6, AccessWidth.Word);
    }

    [Fact]
    public void The_capability_describes_a_table_in_a_bar_of_its_own()
    {
        Assert.Equal(2u, _board.Configuration(_port.DeviceNumber, _capability + 2, AccessWidth.Word));
        Assert.Equal(2u, _board.Configuration(_port.DeviceNumber, _capability + 4) & 7);
        Assert.NotEqual(_table, _pending);
        for (uint vector = 0; vector < 3; vector++)
            Assert.Equal(1u, _board.Space.Read(_table + (16 * vector) + 12, AccessWidth.Dword, 0));
    }

    [Fact]
    public void A_signal_sends_the_vectors_message()
    {
        SetVector(1, 0xFEE0_1000, 0x41, masked: false);
        Control(Enable);
        Assert.True(_port.MessagesEnabled);
        _port.Signal(1);
        Assert.Equal([(0xFEE0_1000UL, 0x41u)], _board.Sent);
        _port.Signal(3);
        _port.Signal(-1);
        Assert.Single(_board.Sent);
    }

    [Fact]
    public void Nothing_is_sent_or_kept_while_off()
    {
        SetVector(0, 0xFEE0_0000, 0x30, masked: false);
        _port.Signal(0);
        Control(Enable);
        Assert.Empty(_board.Sent);
        Assert.Equal(0u, _board.Space.Read(_pending, AccessWidth.Dword, 0));
    }

    [Fact]
    public void A_masked_vector_is_pending_until_it_is_unmasked()
    {
        SetVector(2, 0xFEE0_0000, 0x32, masked: true);
        Control(Enable);
        _port.Signal(2);
        _port.Signal(2);
        Assert.Empty(_board.Sent);
        Assert.Equal(4u, _board.Space.Read(_pending, AccessWidth.Qword, 0));
        _board.Space.Write(_pending, AccessWidth.Dword, 0, 0);
        Assert.Equal(4u, _board.Space.Read(_pending, AccessWidth.Dword, 0));
        _board.Space.Write(_table + 44, AccessWidth.Dword, 0, 0);
        Assert.Equal([(0xFEE0_0000UL, 0x32u)], _board.Sent);
        Assert.Equal(0u, _board.Space.Read(_pending, AccessWidth.Dword, 0));
    }

    [Fact]
    public void The_function_mask_holds_every_vector()
    {
        SetVector(0, 0xFEE0_0000, 0x30, masked: false);
        SetVector(1, 0xFEE0_0000, 0x31, masked: false);
        SetVector(2, 0xFEE0_0000, 0x32, masked: true);
        Control(Enable | FunctionMask);
        for (int vector = 0; vector < 3; vector++)
            _port.Signal(vector);
        Assert.Empty(_board.Sent);
        Control(Enable);
        Assert.Equal([0x30u, 0x31u], _board.Sent.Select(m => m.Data));
        Assert.Equal(4u, _board.Space.Read(_pending, AccessWidth.Dword, 0));
    }

    [Fact]
    public void A_message_is_a_bus_master_write()
    {
        SetVector(0, 0xFEE0_0000, 0x30, masked: false);
        Control(Enable);
        _board.SetConfiguration(_port.DeviceNumber, 4, 2, AccessWidth.Word);
        _port.Signal(0);
        Assert.Empty(_board.Sent);
        _board.SetConfiguration(_port.DeviceNumber, 4, 6, AccessWidth.Word);
        Assert.Single(_board.Sent);
    }

    [Fact]
    public void The_pin_rests_while_messages_are_on()
    {
        int line = 16 + (_port.DeviceNumber & 3);
        Control(Enable);
        _port.SetInterrupt(true);
        Assert.False(_board.Lines[line]);
        Control(0);
        Assert.True(_board.Lines[line]);
    }

    [Theory]
    [InlineData(AccessWidth.Byte)]
    [InlineData(AccessWidth.Word)]
    [InlineData(AccessWidth.Dword)]
    [InlineData(AccessWidth.Qword)]
    public void The_table_takes_every_width(AccessWidth width)
    {
        ulong value = 0x8877_6655_4433_2218;
        for (ulong at = 0; at < 8; at += (uint)width)
            _board.Space.Write(_table + at, width, value >> (int)(8 * at), 0);
        Assert.Equal(value, _board.Space.Read(_table, AccessWidth.Qword, 0));
        Assert.Equal(0x33_22u, _board.Space.Read(_table + 1, AccessWidth.Word, 0));
    }

    [Fact]
    public void Pending_messages_survive_save_and_restore()
    {
        SetVector(1, 0xFEE0_0000, 0x31, masked: true);
        Control(Enable);
        _port.Signal(1);
        MemoryStream stream = new();
        _board.Host.Save(new StateWriter(stream));
        _board.Host.Reset();
        Assert.False(_port.MessagesEnabled);
        stream.Position = 0;
        _board.Host.Restore(new StateReader(stream));
        Assert.Empty(_board.Sent);
        _board.Space.Write(_table + 28, AccessWidth.Dword, 0, 0);
        Assert.Equal([(0xFEE0_0000UL, 0x31u)], _board.Sent);
    }

    private ulong Locate(int offset)
    {
        uint value = _board.Configuration(_port.DeviceNumber, offset);
        return _board.Configuration(_port.DeviceNumber, 0x10 + (4 * (int)(value & 7))) + (value & ~7u);
    }

    private void Control(int value) => _board.SetConfiguration(_port.DeviceNumber, _capability + 2, (uint)value, AccessWidth.Word);

    private void SetVector(uint vector, uint address, uint data, bool masked)
    {
        ulong entry = _table + (16 * vector);
        _board.Space.Write(entry, AccessWidth.Dword, address, 0);
        _board.Space.Write(entry + 4, AccessWidth.Dword, 0, 0);
        _board.Space.Write(entry + 8, AccessWidth.Dword, data, 0);
        _board.Space.Write(entry + 12, AccessWidth.Dword, masked ? 1u : 0u, 0);
    }
}
