namespace Dominion.Cpu.X86;

/// <summary>The exceptions, by vector (SDM volume 3A, 6.3.1, table 6-1).</summary>
public enum X86Exception : byte
{
    /// <summary>#DE.</summary>
    DivideError = 0,

    /// <summary>#DB.</summary>
    Debug = 1,

    /// <summary>NMI.</summary>
    NonMaskableInterrupt = 2,

    /// <summary>#BP.</summary>
    Breakpoint = 3,

    /// <summary>#OF.</summary>
    Overflow = 4,

    /// <summary>#BR.</summary>
    BoundRange = 5,

    /// <summary>#UD.</summary>
    InvalidOpcode = 6,

    /// <summary>#NM.</summary>
    DeviceNotAvailable = 7,

    /// <summary>#DF.</summary>
    DoubleFault = 8,

    /// <summary>#TS.</summary>
    InvalidTss = 10,

    /// <summary>#NP.</summary>
    SegmentNotPresent = 11,

    /// <summary>#SS.</summary>
    StackFault = 12,

    /// <summary>#GP.</summary>
    GeneralProtection = 13,

    /// <summary>#PF.</summary>
    PageFault = 14,

    /// <summary>#MF.</summary>
    FloatingPointError = 16,

    /// <summary>#AC.</summary>
    AlignmentCheck = 17,

    /// <summary>#MC.</summary>
    MachineCheck = 18,

    /// <summary>#XM.</summary>
    SimdFloatingPoint = 19,

    /// <summary>#VE.</summary>
    Virtualization = 20,

    /// <summary>#CP.</summary>
    ControlProtection = 21,
}
