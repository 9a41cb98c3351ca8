namespace Dominion.Cpu.X86;

/// <summary>What kind of event is delivered; the values are those of the VMCS's interruption types (SDM volume 3C, 25.8.3, table 25-17).</summary>
public enum X86EventType : byte
{
    /// <summary>An interrupt from an interrupt controller.</summary>
    ExternalInterrupt = 0,

    /// <summary>NMI.</summary>
    Nmi = 2,

    /// <summary>An exception that the processor found.</summary>
    HardwareException = 3,

    /// <summary>INT n.</summary>
    SoftwareInterrupt = 4,

    /// <summary>INT1.</summary>
    PrivilegedSoftwareException = 5,

    /// <summary>INT3 or INTO.</summary>
    SoftwareException = 6,
}
