using Dominion.Buses;
using Dominion.Cpu;
using Dominion.Cpu.X86;
using Dominion.Devices.Pc.Firmware;
using Dominion.Devices.Pc.Iommu;
using Dominion.Devices.Pc.Pci;
using Dominion.Devices.Pci;
using Dominion.Diagnostics;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Mainboard;

/// <summary>A PC's mainboard: RAM, the devices in their slots, the wires between them, and the firmware's tables.</summary>
internal sealed class PcBoard : IBoard, IPowerButton, IDisplaySource, IFirmwareHandover
{
    private const ulong Page = 4096;
    private readonly IBoardContext _context;
    private readonly PcBoardOptions _options;
    private readonly PcMemory _memory;
    private readonly ShadowMemory? _shadow;
    private readonly AcpiMachine _machine;
    private readonly List<(IDeviceBinding Binding, IDevice Device)> _devices = [];
    private readonly IProcessorInterrupts _processors;
    private FirmwareHandover? _handover;
    private Func<IReadOnlyList<MemoryMapEntry>, ulong, X86KernelEntry>? _loader;

    /// <summary>Makes the board with all its devices.</summary>
    /// <param name="context">What the domain gives.</param>
    /// <param name="options">Its firmware.</param>
    public PcBoard(IBoardContext context, PcBoardOptions options)
    {
        _context = context;
        _options = options;
        Messages = new MessageRouter();
        Interrupts = new InterruptRouter();
        try
        {
            foreach (IDeviceBinding binding in context.Devices)
                Add(binding);
            _processors = Find<IProcessorInterrupts>()
                ?? throw new DiagnosticException("DOM3206", "the board 'pc' needs local APICs in its slot 'lapic'", "leave the slot out, or put 'lapic' there");
            Wire();
            bool hasFirmware = options.Firmware is not null;
            if (hasFirmware)
                WireReset();
            _machine = Describe(hasFirmware);
            // The length of the tables does not depend on where they are.
            (byte[] tables, _, _) = AcpiTables.Build(_machine, 0, 0);
            byte[]? firmware = options.Firmware is { } path ? FirmwareImage.Read(path.Value) : null;
            _memory = new PcMemory(context, ((ulong)tables.Length + Page - 1) & ~(Page - 1), Page);
            _shadow = firmware is null ? null : Install(firmware);
            Tell();
        }
        catch
        {
            _memory?.Dispose();
            DisposeDevices();
            throw;
        }
    }

    /// <summary>The wires to the interrupt controllers.</summary>
    public InterruptRouter Interrupts { get; }

    /// <summary>Where message-signalled interrupts go.</summary>
    public MessageRouter Messages { get; }

    /// <summary>The PCI bus, or null.</summary>
    public IPciBus? Pci { get; private set; }

    /// <summary>The IOMMU, or null.</summary>
    public IIommu? Iommu { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<MemoryMapEntry> MemoryMap => _memory.Entries;

    /// <inheritdoc/>
    public ulong AcpiRootPointer => _shadow is null ? PcLayout.BiosArea : PcLayout.ExtendedBiosRootPointer;

    /// <inheritdoc/>
    public bool HasFirmware => _shadow is not null;

    /// <inheritdoc/>
    public Func<IReadOnlyList<MemoryMapEntry>, ulong, X86KernelEntry>? Loader
    {
        get => _loader;
        set
        {
            _loader = value;
            _handover?.Dispose();
            _handover = value is null ? null : new FirmwareHandover(_context, value);
            if (value is not null && Find<FirmwareConfiguration>() is { } configuration)
                FirmwareContract.OfferHandover(configuration);
        }
    }

    /// <inheritdoc/>
    public IDisplay? Display => Find<IDisplay>();

    /// <summary>The id by which the IOMMU knows a slot's device that is no PCI function but sends messages.</summary>
    /// <param name="slot">The slot.</param>
    /// <returns>The id, or null when the device's messages go past the IOMMU or there is none.</returns>
    public ushort? GetRequester(string slot) => Iommu is not IntelIommu unit ? null : slot switch
    {
        PcSlots.IoApic => unit.Description.IoApic,
        PcSlots.Hpet => unit.Description.Hpet,
        _ => null,
    };

    /// <inheritdoc/>
    public void Attach(ICpuCore core) => _processors.Attach(core);

    /// <inheritdoc/>
    public void PressPowerButton() => Find<IPowerButton>()?.PressPowerButton();

    /// <inheritdoc/>
    public void Reset()
    {
        foreach ((_, IDevice device) in _devices)
            device.Reset();
        _handover?.Reset();
        Interrupts.Refresh();
        WriteFirmware();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("pc", 2);
        writer.Write(_devices.Count);
        foreach ((IDeviceBinding binding, IDevice device) in _devices)
        {
            writer.BeginSection(binding.Name, 1);
            device.Save(writer);
        }

        _shadow?.Save(writer);
        Interrupts.Save(writer);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        if (reader.BeginSection("pc", 2) != 2)
            throw new InvalidDataException("the state is of a version that kept no wires");
        int count = reader.ReadInt32();
        if (count != _devices.Count)
            throw new InvalidDataException($"the state is of {count} devices; the board has {_devices.Count}");
        foreach ((IDeviceBinding binding, IDevice device) in _devices)
        {
            reader.BeginSection(binding.Name, 1);
            device.Restore(reader);
        }

        _shadow?.Restore(reader);
        Interrupts.Restore(reader);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _handover?.Dispose();
        DisposeDevices();
        _shadow?.Dispose();
        _memory.Dispose();
    }

    private void Add(IDeviceBinding binding)
    {
        IDevice device = binding.Create(new PcDeviceContext(this, _context, binding));
        _devices.Add((binding, device));
        switch (binding.Slot)
        {
            case PcSlots.LocalApic:
                Messages.Target = device as IMessageInterrupts;
                break;
            case PcSlots.Iommu:
                Iommu = device as IIommu;
                break;
            case PcSlots.Pci:
                Pci = device as IPciBus;
                break;
            case null when device is IIommu:
                throw new DiagnosticException("DOM3225", $"'{binding.Device}' is an IOMMU, which what it serves must find on the board", $"put it in the slot '{PcSlots.Iommu}'");
        }
    }

    private T? Find<T>()
        where T : class => _devices.Select(entry => entry.Device).OfType<T>().FirstOrDefault();

    private IDevice? InSlot(string slot) => _devices.FirstOrDefault(entry => entry.Binding.Slot == slot).Device;

    private void Wire()
    {
        if (InSlot(PcSlots.Pic) is IVectoredInterruptController pic)
        {
            Interrupts.Legacy = pic;
            _processors.ExternalController = pic;
            pic.RequestChanged = asserted => _processors.SetLocalInput(0, asserted);
        }

        Interrupts.Advanced = InSlot(PcSlots.IoApic) as IInterruptController;
        foreach ((_, IDevice device) in _devices)
        {
            if (device is IInterruptEndListener listener)
                _processors.AddEndListener(listener);
            if (device is ILegacyReplacement replacement)
                replacement.LegacyReplacementChanged = Interrupts.Replace;
        }
    }

    // The firmware in its ROM, and the bridge that makes RAM of its shadow.
    private ShadowMemory Install(byte[] firmware)
    {
        ShadowMemory shadow = new(_context, firmware, _memory.UpperFrames, _memory.Allocate((ulong)firmware.Length));
        if (Find<PciHost>() is { } host)
            host.AttributesChanged = registers => shadow.Apply(registers);
        return shadow;
    }

    // What firmware, and kernels that know the device, ask the board.
    private void Tell()
    {
        if (Find<FirmwareConfiguration>() is not { } configuration)
            return;
        (_, _, byte[] root) = AcpiTables.Build(_machine, _memory.Tables, _memory.NonVolatile);
        FirmwareContract.Fill(configuration, _context.VcpuCount, _context.MemorySize, _memory.Entries, root);
    }

    // INIT# and S3 both lead to the reset vector: they are for boards that have something there.
    private void WireReset()
    {
        foreach (IInitSource source in _devices.Select(entry => entry.Device).OfType<IInitSource>())
            source.Init.Wire = _processors.SignalInit;
        if (Find<AcpiPowerManagement>() is not { } power)
            return;
        power.SleepRequested = Sleep;
        power.WakeRequested = () => _context.Post(Wake);
        if (Find<Timers.Mc146818>() is { } clock)
            clock.SignalChanged = power.SetClockSignal;
    }

    // The shutdown code by which firmware knows that it resumes.
    private void Sleep()
    {
        const byte ShutdownCode = 0x0F;
        const byte Resume = 0xFE;
        _processors.SetReset(true);
        WriteCmos(ShutdownCode, Resume, 1);
    }

    // RAM, its bridge, the clock and what woke the machine have kept their power; all else comes up anew.
    private void Wake()
    {
        foreach ((_, IDevice device) in _devices)
        {
            if (device is PciHost host)
                host.ResetFromSleep();
            else if (device is not (AcpiPowerManagement or Timers.Mc146818))
                device.Reset();
        }

        SetTriggerModes();
        Interrupts.Refresh();
        _processors.SetReset(false);
    }

    // The 8259s' inputs that PCI's interrupts share with ISA's are level triggered (PCI Local Bus 3.0, 2.2.6).
    private void SetTriggerModes()
    {
        const ushort EdgeLevelControl = 0x4D0;
        if (_machine.HasPci && _machine.HasPic)
            _context.Ports.Write(EdgeLevelControl, AccessWidth.Word, PciLayout.LegacyLevelMask, -1);
    }

    private AcpiMachine Describe(bool hasFirmware) => new()
    {
        VcpuCount = _context.VcpuCount,
        AddressBits = _context.MemorySpace.AddressBits,
        HasPic = InSlot(PcSlots.Pic) is not null,
        HasPit = InSlot(PcSlots.Pit) is not null,
        HasRtc = InSlot(PcSlots.Rtc) is not null,
        HasIoApic = InSlot(PcSlots.IoApic) is not null,
        HasHpet = InSlot(PcSlots.Hpet) is not null,
        HasPowerManagement = InSlot(PcSlots.AcpiPm) is not null,
        CanSleep = hasFirmware && InSlot(PcSlots.AcpiPm) is AcpiPowerManagement,
        ClockWakes = hasFirmware && InSlot(PcSlots.AcpiPm) is AcpiPowerManagement && InSlot(PcSlots.Rtc) is Timers.Mc146818,
        HasKeyboard = InSlot(PcSlots.I8042) is not null,
        HasMouse = InSlot(PcSlots.I8042) is Input.I8042 { HasMouse: true },
        HasPci = Pci is not null,
        HasDisplay = Display is not null,
        Remapping = (Iommu as IntelIommu)?.Description,
        SerialPorts = [.. DescribeSerialPorts()],
    };

    private IEnumerable<(ushort Port, int Irq)> DescribeSerialPorts()
    {
        foreach ((string slot, ushort port, int irq) in PcSlots.SerialPorts)
        {
            if (InSlot(slot) is { } device)
                yield return device is IIsaDevice isa ? (isa.Port, isa.Interrupt) : (port, irq);
        }
    }

    // What a PC's firmware leaves behind: ACPI's tables, the BIOS data area, the memory's size in CMOS RAM.
    private void WriteFirmware()
    {
        (byte[] tables, byte[] facs, byte[] root) = AcpiTables.Build(_machine, _memory.Tables, _memory.NonVolatile);
        Write(_memory.Tables, tables);
        Write(_memory.NonVolatile, facs);

        const ulong ExtendedBiosSegment = 0x40E;
        const ulong BaseMemory = 0x413;
        Write(ExtendedBiosSegment, Word(PcLayout.ExtendedBiosData >> 4));
        Write(BaseMemory, Word(PcLayout.ExtendedBiosData >> 10));
        Write(PcLayout.ExtendedBiosData, [(byte)((PcLayout.VideoHole - PcLayout.ExtendedBiosData) >> 10)]);
        Write(AcpiRootPointer, root);
        SetTriggerModes();
        if (!_machine.HasRtc)
            return;

        // In KiB: base memory, memory from 1 MiB to 64 MiB; in 64 KiB: memory from 16 MiB to the hole, and above 4 GiB.
        WriteCmos(0x15, PcLayout.ExtendedBiosData >> 10, 2);
        ulong extended = Math.Min((_memory.Low - PcLayout.ExtendedMemory) >> 10, 0xFFFF);
        WriteCmos(0x17, extended, 2);
        WriteCmos(0x30, extended, 2);
        WriteCmos(0x34, _memory.Low <= 16 << 20 ? 0 : (_memory.Low - (16 << 20)) >> 16, 2);
        WriteCmos(0x5B, _memory.High >> 16, 3);
        WriteCmos(0x5F, (ulong)Math.Min(_context.VcpuCount - 1, 255), 1);
        WriteBootOrder();
    }

    // First and second in one byte, the third in another's high nibble, whose bit 0 lets a floppy disk without a signature boot.
    private void WriteBootOrder()
    {
        ulong order = 0;
        for (int i = 0; i < Math.Min(_options.BootOrder.Count, 3); i++)
            order |= (ulong)_options.BootOrder[i] << (4 * i);
        WriteCmos(0x3D, order & 0xFF, 1);
        WriteCmos(0x38, (order >> 8 << 4) | 1, 1);
    }

    private static byte[] Word(ulong value) => [(byte)value, (byte)(value >> 8)];

    private void Write(ulong address, byte[] bytes)
    {
        if (!_context.MemorySpace.TryWrite(address, bytes))
            _context.Log.Write(LogSeverity.Error, $"the firmware's tables could not be written to 0x{address:X}");
    }

    private void WriteCmos(byte index, ulong value, int bytes)
    {
        for (int i = 0; i < bytes; i++)
        {
            _context.Ports.Write(0x70, AccessWidth.Byte, (uint)(index + i), -1);
            _context.Ports.Write(0x71, AccessWidth.Byte, (byte)(value >> (i * 8)), -1);
        }
    }

    private void DisposeDevices()
    {
        for (int i = _devices.Count - 1; i >= 0; i--)
            _devices[i].Device.Dispose();
        _devices.Clear();
    }
}
