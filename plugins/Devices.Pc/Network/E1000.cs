using Dominion.Buses;
using Dominion.Devices.Pc.Pci;
using Dominion.Devices.Pc.Registers;
using Dominion.Devices.Pci;
using Dominion.Diagnostics;
using Dominion.Persistence;
using Dominion.Services;

namespace Dominion.Devices.Pc.Network;

/// <summary>An Intel 82540EM network card on a network segment (PCI/PCI-X Family of Gigabit Ethernet Controllers Software Developer's Manual, rev. 4.0). Registers are in base address register 0 and, by address and data, in the ports of base address register 2.</summary>
internal sealed class E1000 : IDevice, INetworkReceiver
{
    /// <summary>Intel.</summary>
    public const ushort VendorId = 0x8086;

    /// <summary>82540EM.</summary>
    public const ushort DeviceId = 0x100E;

    /// <summary>PRO/1000 MT Desktop Adapter.</summary>
    public const ushort SubsystemId = 0x001E;

    private const int RegistersLength = 0x6000;
    private const uint BarLength = 0x2_0000;
    private const uint PortsLength = 8;
    private const uint ControlReset = 1u << 26;
    private const uint ControlVlan = 1u << 30;
    private const uint ControlPhyReset = 1u << 31;
    private const uint ControlAfterReset = 0x0000_0209;

    // Full duplex, 1000 Mb/s; bit 1 is the link's.
    private const uint StatusBase = 0x0000_0081;
    private const uint StatusLinkUp = 1 << 1;

    // Registers that are only kept: offset, name, value after reset, writable bits.
    private static readonly (int Offset, string Name, uint Reset, uint Writable)[] s_kept =
    [
        (0x018, "CTRL_EXT", 0, uint.MaxValue),
        (0x028, "FCAL", 0, uint.MaxValue),
        (0x02C, "FCAH", 0, 0xFFFF),
        (0x030, "FCT", 0, 0xFFFF),
        (VlanType, "VET", 0x8100, 0xFFFF),
        (0x170, "FCTTV", 0, 0xFFFF),
        (0x178, "TXCW", 0, uint.MaxValue),
        (0x410, "TIPG", 0, 0x3FFF_FFFF),
        (0x458, "AIT", 0, 0xFFFF),
        (0xE00, "LEDCTL", 0x0706_8302, uint.MaxValue),
        (BufferAllocation, "PBA", 0x0010_0030, 0x7F),
        (0x2160, "FCRTL", 0, 0x8000_FFF8),
        (0x2168, "FCRTH", 0, 0xFFF8),
        (0x2828, "RXDCTL", 0x0001_0000, uint.MaxValue),
        (0x2C00, "RSRPD", 0, 0xFFF),
        (0x3000, "TXDMAC", 0, 1),
        (0x3830, "TSPMT", 0, uint.MaxValue),
        (0x5800, "WUC", 0, 0xF),
        (0x5808, "WUFC", 0, 0x000F_00FF),
        (0x5838, "IPAV", 0, 0x1_000F),
        (0x5820, "MANC", 0, uint.MaxValue),
    ];

    private const int VlanType = 0x038;
    private const int BufferAllocation = 0x1000;
    private readonly MacAddress _address;
    private readonly IPciPort _function;
    private readonly INetworkLink _link;
    private readonly RegisterMap _registers;
    private readonly E1000Interrupts _interrupts;
    private readonly E1000Statistics _statistics = new();
    private readonly E1000Eeprom _eeprom;
    private readonly E1000Phy _phy;
    private readonly E1000Transmitter _transmitter;
    private readonly E1000Receiver _receiver;
    private readonly uint[] _kept = new uint[s_kept.Length];
    private readonly int _vlanType;
    private readonly int _bufferAllocation;
    private uint _control;
    private uint _portAddress;

    /// <summary>Puts the card on the board's PCI bus and attaches it to a segment.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="address">The station's address.</param>
    public E1000(IDeviceContext context, INetworkSegment segment, MacAddress address)
    {
        IPciBus bus = PciRequirement.Bus(context);
        _address = address;
        _registers = new RegisterMap(4, RegistersLength, unassigned: 0);
        RegisterMap ports = new RegisterMap(4, (int)PortsLength)
            .At(0, "IOADDR", () => _portAddress, (value, mask) => _portAddress = Bits.Merge(_portAddress, value, mask))
            .At(4, "IODATA", ReadByPort, (value, _) => WriteByPort(value));
        PciDescriptor descriptor = new()
        {
            VendorId = VendorId,
            DeviceId = DeviceId,
            Revision = 2,
            ClassCode = 0x02_00_00,
            SubsystemVendorId = VendorId,
            SubsystemId = SubsystemId,
            HasInterruptPin = true,
            Bars = [new PciBar(0, PciBarKind.Memory32, BarLength, _registers), new PciBar(2, PciBarKind.Port, PortsLength, ports)],
        };
        _function = bus.Add(descriptor, new PciPassiveFunction());
        _vlanType = Array.FindIndex(s_kept, register => register.Offset == VlanType);
        _bufferAllocation = Array.FindIndex(s_kept, register => register.Offset == BufferAllocation);
        _interrupts = new E1000Interrupts(context.Clock, _function.SetInterrupt);
        _eeprom = new E1000Eeprom(address);
        _phy = new E1000Phy(_interrupts.Raise);
        _transmitter = new E1000Transmitter(context, _function.Memory, _interrupts, _statistics, Send, HandlesTags, TagType);
        _receiver = new E1000Receiver(context, _function.Memory, _interrupts, _statistics, HandlesTags, TagType, () => (int)(_kept[_bufferAllocation] & 0x7F) << 10);
        Describe();
        Reset();
        _link = segment.Connect(this, context.Post);
    }

    /// <inheritdoc/>
    public void Receive(ReadOnlySpan<byte> frame)
    {
        if (_phy.IsLinkUp && !_receiver.IsLoopback)
            _receiver.Receive(frame);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _phy.Reset();
        ResetController();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("e1000", 2);
        writer.Write(_control);
        writer.Write(_portAddress);
        foreach (uint value in _kept)
            writer.Write(value);
        _interrupts.Save(writer);
        _statistics.Save(writer);
        _eeprom.Save(writer);
        _phy.Save(writer);
        _transmitter.Save(writer);
        _receiver.Save(writer);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        if (reader.BeginSection("e1000", 2) != 2)
            throw new InvalidDataException("the state is of a version that kept no delays");
        _control = reader.ReadUInt32();
        _portAddress = reader.ReadUInt32();
        for (int i = 0; i < _kept.Length; i++)
            _kept[i] = reader.ReadUInt32();
        _interrupts.Restore(reader);
        _statistics.Restore(reader);
        _eeprom.Restore(reader);
        _phy.Restore(reader);
        _transmitter.Restore(reader);
        _receiver.Restore(reader);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _link.Dispose();
        _interrupts.Dispose();
        _transmitter.Dispose();
        _receiver.Dispose();
    }

    private void Describe()
    {
        _registers.At(0x000, "CTRL", () => _control, WriteControl)
            .At(0x004, "CTRL", () => _control, WriteControl)
            .At(0x008, "STATUS", () => StatusBase | (_phy.IsLinkUp ? StatusLinkUp : 0));
        for (int i = 0; i < s_kept.Length; i++)
        {
            int index = i;
            (int offset, string name, _, uint writable) = s_kept[i];
            _registers.At(offset, name, () => _kept[index], (value, mask) => _kept[index] = Bits.Merge(_kept[index], value, mask & writable));
        }

        _interrupts.Describe(_registers);
        _statistics.Describe(_registers);
        _eeprom.Describe(_registers);
        _phy.Describe(_registers);
        _transmitter.Describe(_registers);
        _receiver.Describe(_registers);
    }

    // CTRL.RST resets all but the PHY.
    private void ResetController()
    {
        _control = ControlAfterReset;
        _portAddress = 0;
        for (int i = 0; i < _kept.Length; i++)
            _kept[i] = s_kept[i].Reset;
        _interrupts.Reset();
        _statistics.Reset();
        _eeprom.Reset();
        _transmitter.Reset();
        _receiver.Reset(_address);
    }

    private void WriteControl(uint value, uint mask)
    {
        uint written = value & mask;
        if ((written & ControlPhyReset) != 0)
        {
            _phy.Reset();
            _interrupts.Raise(E1000Cause.LinkChange);
        }

        if ((written & ControlReset) != 0)
            ResetController();
        else
            _control = Bits.Merge(_control, value, mask & ~(ControlReset | ControlPhyReset));
    }

    private bool HandlesTags() => (_control & ControlVlan) != 0;

    private ushort TagType() => (ushort)_kept[_vlanType];

    private void Send(ReadOnlySpan<byte> frame)
    {
        if (_receiver.IsLoopback)
            _receiver.Receive(frame);
        else if (_phy.IsLinkUp)
            _link.Send(frame);
    }

    // 13.2.2.1: only whole registers that there are.
    private uint ReadByPort() =>
        _portAddress < RegistersLength ? (uint)_registers.Read(new BusAccess(_portAddress & ~3u, AccessWidth.Dword, -1)) : 0;

    private void WriteByPort(uint value)
    {
        if (_portAddress < RegistersLength)
            _registers.Write(new BusAccess(_portAddress & ~3u, AccessWidth.Dword, -1), value);
    }
}
