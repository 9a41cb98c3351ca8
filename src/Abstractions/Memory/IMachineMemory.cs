namespace Dominion.Memory;

/// <summary>The machine's memory: one host mapping, divided into frames that domains own.</summary>
public unsafe interface IMachineMemory
{
    /// <summary>The host address of frame 0. The mapping never moves while the machine lives.</summary>
    byte* Base { get; }

    /// <summary>How many frames there are.</summary>
    ulong FrameCount { get; }

    /// <summary>Gives a domain zeroed frames in one run.</summary>
    /// <param name="domain">The new owner's id.</param>
    /// <param name="count">How many frames.</param>
    /// <param name="range">The frames on success.</param>
    /// <returns>False when no such run is free.</returns>
    bool TryAllocate(int domain, ulong count, out FrameRange range);

    /// <summary>Takes frames back; they must be a part of what one allocation of that domain gave.</summary>
    /// <param name="domain">The owner's id.</param>
    /// <param name="range">The frames.</param>
    void Free(int domain, FrameRange range);

    /// <summary>The id of the domain that owns a frame, or -1 when it is free or does not exist.</summary>
    /// <param name="frame">The MFN.</param>
    /// <returns>The owner.</returns>
    int OwnerOf(ulong frame);

    /// <summary>One byte for each frame, not zero when a core holds decoded code from it. Whoever writes to memory other than by a core's own translation reads it and, when it is set, calls <see cref="NotifyWrite"/>.</summary>
    byte* CodeMarks { get; }

    /// <summary>Registers a core that keeps decoded code.</summary>
    /// <param name="observer">The core.</param>
    void AddCodeObserver(ICodeObserver observer);

    /// <summary>Removes what <see cref="AddCodeObserver"/> registered.</summary>
    /// <param name="observer">The core.</param>
    void RemoveCodeObserver(ICodeObserver observer);

    /// <summary>Sets a frame's mark (counted: each core sets it once and takes it back once) and tells every other observer to drop its writable translations of the frame. An observer that had one does so soon and then calls <see cref="NotifyWrite"/> for the frame, since it may have written meanwhile.</summary>
    /// <param name="frame">The MFN.</param>
    /// <param name="source">The core that decodes from the frame; not told itself.</param>
    void MarkCode(ulong frame, ICodeObserver source);

    /// <summary>Takes back one <see cref="MarkCode"/>: the core holds no code from the frame any more. The mark goes with the last one.</summary>
    /// <param name="frame">The MFN.</param>
    void UnmarkCode(ulong frame);

    /// <summary>Tells every observer that bytes changed, when their frame is marked.</summary>
    /// <param name="address">The machine address of the first byte.</param>
    /// <param name="length">How many bytes, in one frame.</param>
    void NotifyWrite(ulong address, int length);
}
