namespace Dominion.Devices.Pci;

/// <summary>What a base address register decodes.</summary>
public enum PciBarKind
{
    /// <summary>I/O ports.</summary>
    Port,

    /// <summary>Memory below 4 GiB.</summary>
    Memory32,

    /// <summary>Memory anywhere; two registers.</summary>
    Memory64,

    /// <summary>Prefetchable memory anywhere; two registers.</summary>
    Memory64Prefetchable,
}
