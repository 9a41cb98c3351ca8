using Dominion.Devices.Pc.Pci;
using Dominion.Devices.Pc.Registers;
using Dominion.Devices.Pci;
using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Storage;

/// <summary>A SATA controller with the Advanced Host Controller Interface (AHCI 1.3.1), as Intel's ICH9 has it. It speaks AHCI only and interrupts by its pin.</summary>
internal sealed class AhciController : IDevice
{
    /// <summary>How many ports a controller can have.</summary>
    public const int MostPorts = 32;

    private const int PortsOffset = 0x100;
    private const int RegistersLength = PortsOffset + (MostPorts * AhciPort.RegistersLength);

    // 64-bit addresses, native command queueing, command list override, AHCI only, second generation speed, 32 command slots.
    private const uint Capabilities = (1u << 31) | (1u << 30) | (1u << 24) | (1u << 18) | (2u << 20) | (31u << 8);
    private const uint Version = 0x0001_0300;
    private const uint ControlReset = 1u << 0;
    private const uint ControlInterrupt = 1u << 1;
    private const uint ControlEnable = 1u << 31;
    private readonly AhciPort[] _ports;
    private readonly IPciPort _function;
    private uint _control;
    private uint _status;

    /// <summary>Puts the controller on the board's PCI bus.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="options">The drives.</param>
    public AhciController(IDeviceContext context, AhciOptions options)
    {
        IPciBus bus = PciRequirement.Bus(context);
        _ports = new AhciPort[options.Ports.Count];
        RegisterMap map = new(4, RegistersLength, unassigned: 0);
        map.At(0x00, "CAP", () => Capabilities | (uint)(_ports.Length - 1))
            .At(0x04, "GHC", () => _control | ControlEnable, WriteControl)
            .At(0x08, "IS", () => _status, WriteStatus)
            .At(0x0C, "PI", () => uint.MaxValue >> (MostPorts - _ports.Length))
            .At(0x10, "VS", () => Version);
        byte[] buffer = new byte[AhciPort.BufferLength];
        for (int i = 0; i < _ports.Length; i++)
        {
            int index = i;
            AtaDrive drive = DriveMaker.Make(context, options.Ports[i], $"port{i}", isSerial: true)!;
            _ports[i] = new AhciPort(drive, buffer, () => Update(index));
            _ports[i].Describe(map, PortsOffset + (i * AhciPort.RegistersLength));
        }

        PciDescriptor descriptor = new()
        {
            VendorId = 0x8086,
            DeviceId = 0x2922,
            Revision = 2,
            ClassCode = 0x01_06_01,
            HasInterruptPin = true,
            Bars = [new PciBar(5, PciBarKind.Memory32, RegistersLength <= 0x1000 ? 0x1000u : 0x2000u, map)],
        };
        _function = bus.Add(descriptor, new PciPassiveFunction());
        foreach (AhciPort port in _ports)
            port.Attach(_function.Memory);
        Reset();
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _control = 0;
        foreach (AhciPort port in _ports)
            port.Reset();
        _status = 0;
        UpdatePin();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("ahci", 1);
        writer.Write(_control);
        writer.Write(_status);
        writer.Write(_ports.Length);
        foreach (AhciPort port in _ports)
            port.Save(writer);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("ahci", 1);
        _control = reader.ReadUInt32() & ControlInterrupt;
        _status = reader.ReadUInt32();
        int count = reader.ReadInt32();
        if (count != _ports.Length)
            throw new InvalidDataException($"the state is of {count} ports; the controller has {_ports.Length}");
        foreach (AhciPort port in _ports)
            port.Restore(reader);
        UpdatePin();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The bus takes the function's registers off.
    }

    // 3.1.2: a reset leaves what firmware would have set in the ports; it ends at once.
    private void WriteControl(uint value, uint mask)
    {
        if ((value & ControlReset) != 0)
        {
            Reset();
            return;
        }

        _control = Bits.Merge(_control, value, mask & ControlInterrupt);
        UpdatePin();
    }

    // 10.7.2.1: a port that still asks sets its bit again.
    private void WriteStatus(uint value, uint mask)
    {
        _status &= ~value;
        for (int i = 0; i < _ports.Length; i++)
        {
            if (_ports[i].IsInterrupting)
                _status |= 1u << i;
        }

        UpdatePin();
    }

    private void Update(int port)
    {
        if (_ports[port].IsInterrupting)
            _status |= 1u << port;
        UpdatePin();
    }

    private void UpdatePin() => _function?.SetInterrupt(_status != 0 && (_control & ControlInterrupt) != 0);
}
