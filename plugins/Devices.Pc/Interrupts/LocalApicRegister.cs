namespace Dominion.Devices.Pc.Interrupts;

/// <summary>The local APIC's registers by number: the xAPIC's offset divided by 16, and the x2APIC's MSR minus 0x800 (SDM volume 3A, tables 11-1 and 11-6).</summary>
internal enum LocalApicRegister
{
    /// <summary>Local APIC id.</summary>
    Id = 0x02,

    /// <summary>Version.</summary>
    Version = 0x03,

    /// <summary>Task priority.</summary>
    TaskPriority = 0x08,

    /// <summary>Arbitration priority; xAPIC only.</summary>
    ArbitrationPriority = 0x09,

    /// <summary>Processor priority.</summary>
    ProcessorPriority = 0x0A,

    /// <summary>End of interrupt.</summary>
    EndOfInterrupt = 0x0B,

    /// <summary>Remote read; xAPIC only.</summary>
    RemoteRead = 0x0C,

    /// <summary>Logical destination.</summary>
    LogicalDestination = 0x0D,

    /// <summary>Destination format; xAPIC only.</summary>
    DestinationFormat = 0x0E,

    /// <summary>Spurious interrupt vector.</summary>
    SpuriousVector = 0x0F,

    /// <summary>The first of eight in-service registers.</summary>
    InService = 0x10,

    /// <summary>The first of eight trigger mode registers.</summary>
    TriggerMode = 0x18,

    /// <summary>The first of eight request registers.</summary>
    Request = 0x20,

    /// <summary>Error status.</summary>
    ErrorStatus = 0x28,

    /// <summary>Interrupt command, bits 31–0; all 64 bits in x2APIC mode.</summary>
    Command = 0x30,

    /// <summary>Interrupt command, bits 63–32; xAPIC only.</summary>
    CommandHigh = 0x31,

    /// <summary>LVT timer.</summary>
    LvtTimer = 0x32,

    /// <summary>LVT thermal sensor.</summary>
    LvtThermal = 0x33,

    /// <summary>LVT performance counters.</summary>
    LvtPerformance = 0x34,

    /// <summary>LVT LINT0.</summary>
    LvtLint0 = 0x35,

    /// <summary>LVT LINT1.</summary>
    LvtLint1 = 0x36,

    /// <summary>LVT error.</summary>
    LvtError = 0x37,

    /// <summary>Timer's initial count.</summary>
    InitialCount = 0x38,

    /// <summary>Timer's current count.</summary>
    CurrentCount = 0x39,

    /// <summary>Timer's divide configuration.</summary>
    DivideConfiguration = 0x3E,

    /// <summary>Self IPI; x2APIC only.</summary>
    SelfIpi = 0x3F,
}
