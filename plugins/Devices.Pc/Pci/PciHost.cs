using Dominion.Devices.Pc.Mainboard;
using Dominion.Devices.Pci;
using Dominion.Diagnostics;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Pci;

/// <summary>The PCI Express root bus of a PC: bus 0 with its host bridge as function 00:00.0. Since there may be no firmware, it gives every function its addresses itself and switches decoding on, as firmware would: a function's reset state is what firmware leaves behind.</summary>
internal sealed class PciHost : IDevice, IPciBus, IInitSource
{
    /// <summary>How many devices a bus has room for.</summary>
    public const int DeviceCount = 32;

    // Intel 440FX data sheet 290549, 3.2.18: PAM0 to PAM6.
    private const int AttributeOffset = 0x59;
    private static readonly byte[] AttributeBits = [0x30, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33];

    private readonly IDeviceContext _context;
    private readonly PciPort?[] _devices = new PciPort?[DeviceCount];
    private readonly PciConfigurationPorts _ports;
    private readonly IDisposable[] _mappings;
    private readonly PciAddressWindow _portWindow = new("port", PciLayout.PortStart, PciLayout.PortLength);
    private readonly PciAddressWindow _memory32Window = new("32-bit memory", PciLayout.Memory32Start, PciLayout.Memory32Length);
    private readonly PciAddressWindow _memory64Window;

    /// <summary>Puts the bus on the domain's port and memory spaces.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="options">Which host bridge it is.</param>
    public PciHost(IDeviceContext context, PciHostOptions options)
    {
        _context = context;
        (ulong start, ulong length) = PciLayout.GetMemory64Window(context.MemorySpace.AddressBits);
        _memory64Window = new PciAddressWindow("64-bit memory", start, length);
        _ports = new PciConfigurationPorts(this, context.Control, context.Name, options.WholeRegisterNumber);
        _mappings =
        [
            context.Ports.Map(PciLayout.ConfigurationPort, PciLayout.ConfigurationPortCount, _ports, "pci-configuration"),
            context.MemorySpace.Map(PciLayout.EcamStart, PciLayout.EcamLength, new PciEcam(this), "pci-ecam"),
        ];

        _devices[0] = options.Chipset == PciHostChipset.I440fx ? CreateI440fx() : CreateGeneric();
    }

    /// <inheritdoc/>
    public InitPin Init => _ports.Init;

    /// <summary>Who follows the memory attribute registers of a bridge that has them, PAM0 to PAM6. Called at every change, at reset and at restore.</summary>
    public Action<byte[]>? AttributesChanged { get; set; }

    /// <inheritdoc/>
    public IPciPort Add(PciDescriptor descriptor, IPciFunction function, int? deviceNumber = null)
    {
        PciDescriptorCheck.Check(descriptor);
        if (deviceNumber is < 0 or >= DeviceCount)
            throw new ArgumentOutOfRangeException(nameof(deviceNumber), deviceNumber, "a bus has device numbers 0 to 31");
        int number = deviceNumber ?? Array.IndexOf(_devices, null);
        if (number < 0)
            throw new DiagnosticException("DOM3207", $"the PCI bus has no free device number: it holds {DeviceCount - 1} devices", "remove a PCI device from the domain");
        if (_devices[number] is not null)
            throw new DiagnosticException("DOM3208", $"PCI device number {number} is taken", "give the device another number, or none");
        PciDescriptor complete = PciMessageTable.Complete(PciMessageCapability.Complete(descriptor), out PciMessageTable? table);
        ulong[] addresses = new ulong[complete.Bars.Count];
        for (int i = 0; i < addresses.Length; i++)
            addresses[i] = Assign(complete.Bars[i]);
        ulong rom = complete.ExpansionRom.IsEmpty ? 0 : AssignMemory(PciExpansionRom.SizeOf(complete.ExpansionRom));
        PciPort port = new(_context, complete, function, number, addresses, table, rom);
        _devices[number] = port;
        return port;
    }

    /// <summary>Reads configuration space. What no function answers reads as all ones.</summary>
    /// <param name="bus">The bus number.</param>
    /// <param name="deviceFunction">Device number in bits 7–3, function number in bits 2–0.</param>
    /// <param name="offset">The offset in the function's 4096 bytes; the access stays inside a dword.</param>
    /// <param name="width">1, 2 or 4 bytes.</param>
    /// <returns>The value.</returns>
    public uint ReadConfiguration(int bus, int deviceFunction, int offset, int width) =>
        Find(bus, deviceFunction) is { } port ? port.Read(offset, width) : uint.MaxValue >> (32 - (8 * width));

    /// <summary>Writes configuration space. What no function answers is dropped.</summary>
    /// <param name="bus">The bus number.</param>
    /// <param name="deviceFunction">Device number in bits 7–3, function number in bits 2–0.</param>
    /// <param name="offset">The offset in the function's 4096 bytes; the access stays inside a dword.</param>
    /// <param name="width">1, 2 or 4 bytes.</param>
    /// <param name="value">The value.</param>
    public void WriteConfiguration(int bus, int deviceFunction, int offset, int width, uint value)
    {
        Find(bus, deviceFunction)?.Write(offset, width, value);
        if (bus == 0 && deviceFunction == 0 && offset + width > AttributeOffset && offset < AttributeOffset + ShadowMemory.RegisterCount)
            TellAttributes();
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _ports.Reset();
        foreach (PciPort? port in _devices)
            port?.Reset();
        TellAttributes();
    }

    /// <summary>Resets what loses its power in S3. The bridge itself keeps it with the memory that it controls, and with it how that is shown.</summary>
    public void ResetFromSleep()
    {
        _ports.Reset();
        foreach (PciPort? port in _devices.Skip(1))
            port?.Reset();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("pci-host", 1);
        _ports.Save(writer);
        for (int number = 0; number < DeviceCount; number++)
        {
            writer.Write(_devices[number] is not null);
            _devices[number]?.Save(writer);
        }
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("pci-host", 1);
        _ports.Restore(reader);
        for (int number = 0; number < DeviceCount; number++)
        {
            if (reader.ReadBoolean() != _devices[number] is not null)
                throw new InvalidDataException($"PCI device {number} was there in only one of the saved machine and this one");
            _devices[number]?.Restore(reader);
        }

        TellAttributes();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PciPort? port in _devices)
            port?.Dispose();
        foreach (IDisposable mapping in _mappings)
            mapping.Dispose();
    }

    private PciPort CreateGeneric() =>
        new(_context, new PciDescriptor { VendorId = 0x1B36, DeviceId = 0x0008, ClassCode = 0x06_00_00 }, new PciPassiveFunction(), 0, []);

    // The subsystem is the one by which SeaBIOS knows that there is a firmware configuration device.
    private PciPort CreateI440fx()
    {
        PciDescriptor bridge = new()
        {
            VendorId = 0x8086,
            DeviceId = 0x1237,
            ClassCode = 0x06_00_00,
            Revision = 2,
            SubsystemVendorId = 0x1AF4,
            SubsystemId = 0x1100,
            DeviceRegisters = [new PciDeviceRegisters(AttributeOffset, new byte[ShadowMemory.RegisterCount], AttributeBits)],
        };
        return new PciPort(_context, bridge, new PciPassiveFunction(), 0, []);
    }

    private void TellAttributes()
    {
        if (AttributesChanged is not { } changed)
            return;
        byte[] registers = new byte[ShadowMemory.RegisterCount];
        for (int i = 0; i < registers.Length; i++)
            registers[i] = (byte)ReadConfiguration(0, 0, AttributeOffset + i, 1);
        changed(registers);
    }

    private PciPort? Find(int bus, int deviceFunction) => bus == 0 && (deviceFunction & 7) == 0 ? _devices[deviceFunction >> 3] : null;

    private ulong AssignMemory(ulong size) =>
        _memory32Window.TryTake(size, out ulong address) ? address : throw NoRoom(size, _memory32Window);

    private static DiagnosticException NoRoom(ulong size, PciAddressWindow window) =>
        new("DOM3209", $"a BAR of {size} bytes finds no room in the {window.Name} window of the PCI bus", "remove a PCI device from the domain");

    // A 64-bit BAR goes under 4 GiB while there is room, where a guest without PAE reaches it too.
    private ulong Assign(PciBar bar)
    {
        PciAddressWindow first = bar.Kind == PciBarKind.Port ? _portWindow : _memory32Window;
        if (first.TryTake(bar.Size, out ulong address))
            return address;
        if (bar.Kind is PciBarKind.Memory64 or PciBarKind.Memory64Prefetchable && _memory64Window.TryTake(bar.Size, out address))
            return address;
        throw NoRoom(bar.Size, first);
    }
}
