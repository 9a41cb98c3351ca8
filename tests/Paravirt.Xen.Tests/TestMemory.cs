using System.Runtime.InteropServices;
using Dominion.Memory;

namespace Dominion.Paravirt.Xen.Tests;

/// <summary>Machine memory of a test: frames with owners, and nothing that decodes code.</summary>
internal sealed unsafe class TestMemory : IMachineMemory, IDisposable
{
    private readonly byte* _base;
    private readonly byte* _marks;
    private readonly int[] _owners;
    private ulong _next;

    public TestMemory(ulong frames)
    {
        FrameCount = frames;
        _base = (byte*)NativeMemory.AlignedAlloc((nuint)frames * FrameRange.FrameSize, FrameRange.FrameSize);
        NativeMemory.Clear(_base, (nuint)frames * FrameRange.FrameSize);
        _marks = (byte*)NativeMemory.AllocZeroed((nuint)frames);
        _owners = new int[frames];
        Array.Fill(_owners, -1);
    }

    public byte* Base => _base;

    public ulong FrameCount { get; }

    public byte* CodeMarks => _marks;

    public bool TryAllocate(int domain, ulong count, out FrameRange range)
    {
        range = new FrameRange(_next, count);
        if (_next + count > FrameCount)
            return false;
        _next += count;
        Array.Fill(_owners, domain, (int)range.First, (int)count);
        return true;
    }

    public void Free(int domain, FrameRange range) => Array.Fill(_owners, -1, (int)range.First, (int)range.Count);

    public int OwnerOf(ulong frame) => frame < FrameCount ? _owners[frame] : -1;

    public void AddCodeObserver(ICodeObserver observer) => Assert.Fail("nothing here decodes code");

    public void RemoveCodeObserver(ICodeObserver observer) => Assert.Fail("nothing here decodes code");

    public void MarkCode(ulong frame, ICodeObserver source) => Assert.Fail("nothing here decodes code");

    public void UnmarkCode(ulong frame) => Assert.Fail("nothing here decodes code");

    public void NotifyWrite(ulong address, int length)
    {
        // Nothing here decodes code.
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_base);
        NativeMemory.Free(_marks);
    }
}
