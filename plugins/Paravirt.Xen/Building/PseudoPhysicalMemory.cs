using System.Buffers.Binary;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Memory;

namespace Dominion.Paravirt.Xen.Building;

/// <summary>A new domain's memory by its own numbering: frame n of the domain is frame n of its run of machine memory.</summary>
/// <param name="frames">The machine's frames.</param>
/// <param name="ram">The run.</param>
internal sealed unsafe class PseudoPhysicalMemory(FrameTable frames, FrameRange ram)
{
    /// <summary>The machine frame of a frame.</summary>
    public ulong Mfn(ulong pfn)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(pfn, ram.Count);
        return ram.First + pfn;
    }

    /// <summary>The host address of a frame.</summary>
    public byte* Page(ulong pfn) => frames.Page(Mfn(pfn));

    /// <summary>Copies bytes in.</summary>
    public void Write(ulong address, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(address + (ulong)bytes.Length, ram.Length);
        bytes.CopyTo(new Span<byte>(frames.Page(ram.First) + address, bytes.Length));
    }

    /// <summary>Writes 64 bits.</summary>
    public void WriteWord(ulong address, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Write(address, bytes);
    }
}
