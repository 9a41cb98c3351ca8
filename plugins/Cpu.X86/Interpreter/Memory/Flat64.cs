using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Memory;

/// <summary>64-bit addressing in full: base, scaled index, displacement, and the base of FS or GS.</summary>
internal readonly unsafe struct Flat64 : IAddressing
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Resolve(CoreState* s, Op* op, X86Core c, int size, bool write, out ulong linear)
    {
        linear = *(ulong*)((byte*)s + op->Base)
            + (*(ulong*)((byte*)s + op->Index) << op->Scale)
            + (ulong)op->Displacement
            + *(ulong*)((byte*)s + op->SegmentBase);
        return true;
    }
}
