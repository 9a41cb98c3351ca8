using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Memory;

/// <summary>16-bit and 32-bit addressing: masked, and checked against the segment; in 64-bit mode (under an address-size prefix) masked only.</summary>
internal readonly unsafe struct Segmented : IAddressing
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Resolve(CoreState* s, Op* op, X86Core c, int size, bool write, out ulong linear)
    {
        uint offset = (uint)(*(ulong*)((byte*)s + op->Base)
            + (*(ulong*)((byte*)s + op->Index) << op->Scale)
            + (ulong)op->Displacement) & op->AddressMask;
        return ResolveOffset(s, op, c, op->Segment, offset, size, write, out linear);
    }

    /// <summary>Makes a linear address from an offset in a segment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool ResolveOffset(CoreState* s, Op* op, X86Core c, int segment, uint offset, int size, bool write, out ulong linear)
    {
        if ((op->Prefix & OpPrefix.Long) != 0)
        {
            linear = offset + *(ulong*)((byte*)s + op->SegmentBase);
            return true;
        }

        linear = (uint)(s->Arch.Segments[segment].Base + offset);
        uint flat = write ? s->FlatForWrite : s->FlatForRead;
        return ((flat >> segment) & 1) != 0 || c.CheckSegment(segment, offset, size, write);
    }
}
