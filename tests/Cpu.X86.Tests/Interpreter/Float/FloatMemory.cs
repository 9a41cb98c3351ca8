using System.Runtime.InteropServices;
using Dominion.Buses;
using Dominion.Memory;

namespace Dominion.Cpu.X86.Tests.Interpreter.Float;

/// <summary>A little memory for one core: machine addresses are physical addresses, and there are no devices.</summary>
internal sealed unsafe class FloatMemory : IMachineMemory, IPhysicalAddressSpace, IDisposable
{
    private readonly ulong _frames;
    private ICodeObserver? _observer;

    public FloatMemory(ulong frames)
    {
        _frames = frames;
        Base = (byte*)NativeMemory.AlignedAlloc((nuint)(frames * FrameRange.FrameSize), FrameRange.FrameSize);
        NativeMemory.Clear(Base, (nuint)(frames * FrameRange.FrameSize));
        CodeMarks = (byte*)NativeMemory.AllocZeroed((nuint)frames);
    }

    /// <summary>Never raised: the layout is fixed.</summary>
    public event Action? LayoutChanged
    {
        add { }
        remove { }
    }

    public byte* Base { get; }

    public ulong FrameCount => _frames;

    public byte* CodeMarks { get; }

    public int AddressBits => 40;

    public bool TryAllocate(int domain, ulong count, out FrameRange range)
    {
        range = default;
        return false;
    }

    public void Free(int domain, FrameRange range) => throw new InvalidOperationException("nothing was allocated");

    public int OwnerOf(ulong frame) => frame < _frames ? 0 : -1;

    public void AddCodeObserver(ICodeObserver observer) => _observer = observer;

    public void RemoveCodeObserver(ICodeObserver observer) => _observer = null;

    public void MarkCode(ulong frame, ICodeObserver source) => CodeMarks[frame] = 1;

    public void UnmarkCode(ulong frame) => CodeMarks[frame] = 0;

    public void NotifyWrite(ulong address, int length)
    {
        if (CodeMarks[address / FrameRange.FrameSize] != 0)
            _observer?.OnCodeWritten(address, length);
    }

    public byte* GetPage(ulong address, MemoryAccess access)
    {
        ulong page = address & ~(ulong)(FrameRange.FrameSize - 1);
        return page / FrameRange.FrameSize < _frames ? Base + page : null;
    }

    public ulong Read(ulong address, AccessWidth width, int initiator) => ulong.MaxValue >> (64 - (8 * (int)width));

    public void Write(ulong address, AccessWidth width, ulong value, int initiator)
    {
    }

    public bool TryRead(ulong address, Span<byte> destination)
    {
        if (address + (ulong)destination.Length > _frames * FrameRange.FrameSize)
            return false;
        new ReadOnlySpan<byte>(Base + address, destination.Length).CopyTo(destination);
        return true;
    }

    /// <summary>Writes inside one frame.</summary>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        if (address + (ulong)source.Length > _frames * FrameRange.FrameSize)
            return false;
        source.CopyTo(new Span<byte>(Base + address, source.Length));
        NotifyWrite(address, source.Length);
        return true;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Base);
        NativeMemory.Free(CodeMarks);
    }
}
