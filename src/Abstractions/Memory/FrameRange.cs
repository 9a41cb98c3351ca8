namespace Dominion.Memory;

/// <summary>A run of frames of machine memory (4 KiB each).</summary>
/// <param name="First">The first machine frame number (MFN).</param>
/// <param name="Count">How many frames.</param>
public readonly record struct FrameRange(ulong First, ulong Count)
{
    /// <summary>The size of a frame in bytes.</summary>
    public const int FrameSize = 4096;

    /// <summary>The number of bits of an offset in a frame.</summary>
    public const int FrameShift = 12;

    /// <summary>The machine address of the first byte.</summary>
    public ulong Address => First << FrameShift;

    /// <summary>The length in bytes.</summary>
    public ulong Length => Count << FrameShift;
}
