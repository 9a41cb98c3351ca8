namespace Dominion.Paravirt.Xen.Memory;

/// <summary>What the ABI knows of one frame of machine memory.</summary>
internal struct FrameInfo
{
    /// <summary>What the frame is used as while <see cref="TypeCount"/> is not 0.</summary>
    public FrameType Type;

    /// <summary>The type's entries have been checked and hold their references.</summary>
    public bool IsValidated;

    /// <summary>The guest has pinned the type: one type reference and one count are the pin's.</summary>
    public bool IsPinned;

    /// <summary>The frame has been given to the domain by the VMM and is no RAM of its own: shared_info, grant table frames.</summary>
    public bool IsVmm;

    /// <summary>The domain's flush epoch (<see cref="Paging.IFlushTarget.Epoch"/>) in which the last writable mapping went: translations of it may still be cached until the epoch has passed.</summary>
    public uint WritableEpoch;

    /// <summary>Uses of the frame as <see cref="Type"/>.</summary>
    public int TypeCount;

    /// <summary>All uses, those as a type among them.</summary>
    public int Count;
}
