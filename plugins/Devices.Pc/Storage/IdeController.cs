using Dominion.Buses;
using Dominion.Devices.Pc.Pci;
using Dominion.Devices.Pc.Registers;
using Dominion.Devices.Pci;
using Dominion.Diagnostics;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Storage;

/// <summary>The IDE function of Intel's PIIX4 (82371AB data sheet, 2.6 to 2.8): two channels in compatibility mode, at ports 0x1F0 and 0x170 with IRQs 14 and 15, and bus mastering in base address register 4.</summary>
internal sealed class IdeController : IDevice
{
    private const int ChannelCount = 2;
    private const int TimingRegisters = 0x40;
    private static readonly ushort[] s_commandPorts = [0x1F0, 0x170];
    private static readonly ushort[] s_controlPorts = [0x3F6, 0x376];

    // IDETIM of both channels with the decode enable bit (15), SIDETIM, UDMACTL and UDMATIM: drivers write timings there, and look at the enable bits.
    private static readonly byte[] s_timings = [0x00, 0x80, 0x00, 0x80, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] s_writableTimings = [0xFF, 0xF3, 0xFF, 0xF3, 0xFF, 0, 0, 0, 0x0F, 0, 0x33, 0x33];
    private readonly IdeChannel[] _channels = new IdeChannel[ChannelCount];
    private readonly IBusMapping[] _mappings = new IBusMapping[2 * ChannelCount];

    /// <summary>Puts the controller on the board's PCI bus and its channels on their ports.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="options">The drives.</param>
    public IdeController(IDeviceContext context, IdeOptions options)
    {
        IPciBus bus = PciRequirement.Bus(context);
        AtaDrive?[] drives =
        [
            DriveMaker.Make(context, options.PrimaryMaster, "primary-master", isSerial: false),
            DriveMaker.Make(context, options.PrimarySlave, "primary-slave", isSerial: false),
            DriveMaker.Make(context, options.SecondaryMaster, "secondary-master", isSerial: false),
            DriveMaker.Make(context, options.SecondarySlave, "secondary-slave", isSerial: false),
        ];
        RegisterMap busMaster = new(1, ChannelCount * IdeBusMaster.PortCount, unassigned: 0);
        for (int i = 0; i < ChannelCount; i++)
        {
            _channels[i] = new IdeChannel(drives[2 * i], drives[(2 * i) + 1], context.GetInterruptLine(14 + i));
            _channels[i].BusMaster.Describe(busMaster, i * IdeBusMaster.PortCount);
        }

        PciDescriptor descriptor = new()
        {
            VendorId = 0x8086,
            DeviceId = 0x7111,
            Revision = 1,
            ClassCode = 0x01_01_80,
            Bars = [new PciBar(4, PciBarKind.Port, ChannelCount * IdeBusMaster.PortCount, busMaster)],
            DeviceRegisters = [new PciDeviceRegisters(TimingRegisters, s_timings, s_writableTimings)],
        };
        IPciPort port = bus.Add(descriptor, new PciPassiveFunction());
        for (int i = 0; i < ChannelCount; i++)
        {
            _channels[i].BusMaster.Attach(port.Memory);
            _mappings[2 * i] = context.Ports.Map(s_commandPorts[i], 8, _channels[i], $"{context.Name}-command{i}");
            _mappings[(2 * i) + 1] = context.Ports.Map(s_controlPorts[i], 1, _channels[i].Control, $"{context.Name}-control{i}");
        }

        Reset();
    }

    /// <inheritdoc/>
    public void Reset()
    {
        foreach (IdeChannel channel in _channels)
            channel.Reset();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("ide", 1);
        foreach (IdeChannel channel in _channels)
            channel.Save(writer);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("ide", 1);
        foreach (IdeChannel channel in _channels)
            channel.Restore(reader);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IBusMapping mapping in _mappings)
            mapping.Dispose();
    }
}
