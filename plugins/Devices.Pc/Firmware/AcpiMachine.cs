using Dominion.Devices.Pc.Iommu;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>What the ACPI tables have to tell about a board.</summary>
internal sealed record AcpiMachine
{
    /// <summary>How many vCPUs there are.</summary>
    public required int VcpuCount { get; init; }

    /// <summary>The number of bits of a physical address.</summary>
    public required int AddressBits { get; init; }

    /// <summary>Whether there are 8259s.</summary>
    public bool HasPic { get; init; }

    /// <summary>Whether there is an 8254.</summary>
    public bool HasPit { get; init; }

    /// <summary>Whether there is a real-time clock.</summary>
    public bool HasRtc { get; init; }

    /// <summary>Whether there is an I/O APIC.</summary>
    public bool HasIoApic { get; init; }

    /// <summary>Whether there is an HPET.</summary>
    public bool HasHpet { get; init; }

    /// <summary>Whether there is ACPI's fixed hardware.</summary>
    public bool HasPowerManagement { get; init; }

    /// <summary>Whether the board can sleep in S3: its firmware finds the way back.</summary>
    public bool CanSleep { get; init; }

    /// <summary>Whether the real-time clock's alarm is an event of ACPI's fixed hardware.</summary>
    public bool ClockWakes { get; init; }

    /// <summary>Whether there is a keyboard controller.</summary>
    public bool HasKeyboard { get; init; }

    /// <summary>Whether the keyboard controller has a mouse.</summary>
    public bool HasMouse { get; init; }

    /// <summary>Whether there is a PCI host bridge.</summary>
    public bool HasPci { get; init; }

    /// <summary>Whether there is a VGA.</summary>
    public bool HasDisplay { get; init; }

    /// <summary>The IOMMU, or null.</summary>
    public RemappingUnit? Remapping { get; init; }

    /// <summary>The serial ports: first I/O port and IRQ.</summary>
    public IReadOnlyList<(ushort Port, int Irq)> SerialPorts { get; init; } = [];
}
