using System.Runtime.InteropServices;
using Dominion.Buses;
using Dominion.Memory;

namespace Dominion.Cpu.X86.Tests.Running;

/// <summary>A machine whose physical addresses are offsets in one native buffer, all of it RAM of domain 0.</summary>
internal sealed unsafe class FlatMemory : IMachineMemory, IPhysicalAddressSpace, IDisposable
{
    private readonly ulong length;
    private readonly List<ICodeObserver> observers = [];

    public FlatMemory(ulong length)
    {
        this.length = length;
        Base = (byte*)NativeMemory.AlignedAlloc((nuint)length, 4096);
        NativeMemory.Clear(Base, (nuint)length);
        CodeMarks = (byte*)NativeMemory.AllocZeroed((nuint)FrameCount);
    }

    public event Action? LayoutChanged
    {
        add { }
        remove { }
    }

    /// <summary>Told of a write beyond the RAM.</summary>
    public Action? Written { get; set; }

    public byte* Base { get; }

    public ulong FrameCount => length >> FrameRange.FrameShift;

    public byte* CodeMarks { get; }

    public int AddressBits => 40;

    public bool TryAllocate(int domain, ulong count, out FrameRange range)
    {
        range = default;
        return false;
    }

    public void Free(int domain, FrameRange range) => throw new InvalidOperationException("nothing was allocated");

    public int OwnerOf(ulong frame) => frame < FrameCount ? 0 : -1;

    public void AddCodeObserver(ICodeObserver observer) => observers.Add(observer);

    public void RemoveCodeObserver(ICodeObserver observer) => observers.Remove(observer);

    public void MarkCode(ulong frame, ICodeObserver source) => CodeMarks[frame]++;

    public void UnmarkCode(ulong frame) => CodeMarks[frame]--;

    public void NotifyWrite(ulong address, int length)
    {
        if (CodeMarks[address >> FrameRange.FrameShift] == 0)
            return;
        foreach (ICodeObserver observer in observers)
            observer.OnCodeWritten(address, length);
    }

    public bool TryRead(ulong address, Span<byte> destination)
    {
        if (address > length || length - address < (ulong)destination.Length)
            return false;
        new ReadOnlySpan<byte>(Base + address, destination.Length).CopyTo(destination);
        return true;
    }

    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        if (address > length || length - address < (ulong)source.Length)
            return false;
        source.CopyTo(new Span<byte>(Base + address, source.Length));
        NotifyWrite(address, source.Length);
        return true;
    }

    public byte* GetPage(ulong address, MemoryAccess access) => address < length ? Base + (address & ~0xFFFUL) : null;

    public ulong Read(ulong address, AccessWidth width, int initiator) => ulong.MaxValue;

    public void Write(ulong address, AccessWidth width, ulong value, int initiator) => Written?.Invoke();

    public void Dispose()
    {
        NativeMemory.AlignedFree(Base);
        NativeMemory.Free(CodeMarks);
    }
}
