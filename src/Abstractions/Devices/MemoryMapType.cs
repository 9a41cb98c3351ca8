namespace Dominion.Devices;

/// <summary>What a range of physical memory is for; the values are ACPI's (6.5, table 15.374 "Address Range Types").</summary>
public enum MemoryMapType : uint
{
    /// <summary>RAM for the operating system.</summary>
    Usable = 1,

    /// <summary>Not for the operating system.</summary>
    Reserved = 2,

    /// <summary>ACPI tables; RAM once they are read.</summary>
    AcpiReclaimable = 3,

    /// <summary>ACPI's non-volatile storage.</summary>
    AcpiNonVolatile = 4,
}
