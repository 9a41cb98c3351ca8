using System.Runtime.InteropServices;
using Dominion.Memory;

namespace Dominion.Paravirt.Xen.Memory;

/// <summary>The types and counts of every frame of the machine, and the machine-to-physical table. An entry is changed only under the lock of the domain that owns the frame.</summary>
internal sealed unsafe class FrameTable : IDisposable
{
    /// <summary>What the M2P table holds for a frame that is nobody's: all ones.</summary>
    public const ulong InvalidPfn = ulong.MaxValue;

    private readonly FrameInfo* _frames;
    private readonly IMachineMemory _memory;

    /// <summary>Makes the table, every frame unused.</summary>
    /// <param name="memory">The machine's memory.</param>
    public FrameTable(IMachineMemory memory)
    {
        _memory = memory;
        Count = memory.FrameCount;
        _frames = (FrameInfo*)NativeMemory.AllocZeroed((nuint)Count, (nuint)sizeof(FrameInfo));
    }

    /// <summary>How many frames there are.</summary>
    public ulong Count { get; }

    /// <summary>The machine's memory.</summary>
    public IMachineMemory Memory => _memory;

    /// <summary>A frame's entry.</summary>
    /// <param name="mfn">The frame, below <see cref="Count"/>.</param>
    public ref FrameInfo this[ulong mfn]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(mfn, Count);
            return ref _frames[mfn];
        }
    }

    /// <summary>The host address of a frame's first byte.</summary>
    /// <param name="mfn">The frame, below <see cref="Count"/>.</param>
    /// <returns>The address.</returns>
    public byte* Page(ulong mfn)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(mfn, Count);
        return _memory.Base + (mfn << FrameRange.FrameShift);
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.Free(_frames);
}
