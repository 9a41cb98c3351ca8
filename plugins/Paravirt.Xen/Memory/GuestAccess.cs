using System.Runtime.InteropServices;
using Dominion.Cpu.X86;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Domains;
using Dominion.Paravirt.Xen.Emulation;

namespace Dominion.Paravirt.Xen.Memory;

/// <summary>Copies between the VMM and a vCPU's linear memory, with the guest's own rights. A pointer that the guest could not use itself is refused.</summary>
/// <param name="vcpu">The vCPU, whose thread calls.</param>
internal sealed class GuestAccess(PvVcpu vcpu)
{
    /// <summary>Reads bytes.</summary>
    /// <returns>False when a byte cannot be read.</returns>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int count = Chunk(address, destination.Length);
            if (!TryTranslate(address, MemoryAccess.Read, out ulong physical) || !vcpu.Domain.Space.TryRead(physical, destination[..count]))
                return false;
            destination = destination[count..];
            address += (ulong)count;
        }

        return true;
    }

    /// <summary>Writes bytes.</summary>
    /// <returns>False when a byte cannot be written; those before it may have been.</returns>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            int count = Chunk(address, source.Length);
            if (!TryTranslate(address, MemoryAccess.Write, out ulong physical) || !vcpu.Domain.Space.TryWrite(physical, source[..count]))
                return false;
            source = source[count..];
            address += (ulong)count;
        }

        return true;
    }

    /// <summary>Reads a value.</summary>
    public bool TryRead<T>(ulong address, out T value)
        where T : unmanaged
    {
        value = default;
        return TryRead(address, MemoryMarshal.AsBytes(new Span<T>(ref value)));
    }

    /// <summary>Writes a value.</summary>
    public bool TryWrite<T>(ulong address, T value)
        where T : unmanaged => TryWrite(address, MemoryMarshal.AsBytes(new Span<T>(ref value)));

    private static int Chunk(ulong address, int length) => Math.Min(length, FrameRange.FrameSize - (int)(address & 0xFFF));

    private bool TryTranslate(ulong address, MemoryAccess access, out ulong physical)
    {
        physical = 0;
        return GuestAddress.IsCanonical(address)
            && (access == MemoryAccess.Read || GuestAddress.IsGuest(address))
            && vcpu.Core.Translate(address, new X86Access(access, true), out physical, out _) == X86TranslationResult.Ok;
    }
}
