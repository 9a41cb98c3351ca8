namespace Dominion.Paravirt.Xen.Memory;

/// <summary>What a frame may be used as. Uses of two types exclude each other.</summary>
internal enum FrameType : byte
{
    /// <summary>No use that matters.</summary>
    None,

    /// <summary>A page table of level 1: its entries map data pages.</summary>
    L1,

    /// <summary>A page table of level 2.</summary>
    L2,

    /// <summary>A page table of level 3.</summary>
    L3,

    /// <summary>A page table of level 4.</summary>
    L4,

    /// <summary>A page of segment descriptors: GDT or LDT.</summary>
    Descriptors,

    /// <summary>Mapped writable.</summary>
    Writable,
}
