using System.Runtime.InteropServices;
using Dominion.Buses;
using Dominion.Memory;

namespace Dominion.FullVirt.Tests.Bare;

/// <summary>RAM from address 0 on, with a hole from 640 KiB to 1 MiB; no devices.</summary>
internal sealed unsafe class FlatMemory(ulong size) : IMemorySpace, IDisposable
{
    private readonly byte* _bytes = (byte*)NativeMemory.AllocZeroed((nuint)size);

    public event Action? LayoutChanged
    {
        add { }
        remove { }
    }

    public int AddressBits => 40;

    public byte* Rom { get; set; }

    public byte* GetPage(ulong address, MemoryAccess access) =>
        address >= 0xffff_f000 ? (access == MemoryAccess.Write ? null : Rom) : IsRam(address & ~0xffful, 4096) ? _bytes + (address & ~0xffful) : null;

    public bool TryRead(ulong address, Span<byte> destination)
    {
        if (!IsRam(address, (ulong)destination.Length))
            return false;
        new ReadOnlySpan<byte>(_bytes + address, destination.Length).CopyTo(destination);
        return true;
    }

    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        if (!IsRam(address, (ulong)source.Length))
            return false;
        source.CopyTo(new Span<byte>(_bytes + address, source.Length));
        return true;
    }

    public byte this[ulong address] => _bytes[address];

    public void Dispose() => NativeMemory.Free(_bytes);

    public ulong Read(ulong address, AccessWidth width, int initiator) => throw new NotSupportedException();

    public void Write(ulong address, AccessWidth width, ulong value, int initiator) => throw new NotSupportedException();

    public IBusMapping Map(ulong start, ulong length, IBusTarget target, string name) => throw new NotSupportedException();

    public IBusMapping MapFrames(ulong start, FrameRange frames, bool writable, string name) => throw new NotSupportedException();

    private bool IsRam(ulong address, ulong length) =>
        address <= size && length <= size - address && (address + length <= 0xa_0000 || address >= 0x10_0000);
}
