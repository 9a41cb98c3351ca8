using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Memory;

/// <summary>64-bit addressing with a base and a displacement in a flat segment: most operands.</summary>
internal readonly unsafe struct BaseDisplacement : IAddressing
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Resolve(CoreState* s, Op* op, X86Core c, int size, bool write, out ulong linear)
    {
        linear = *(ulong*)((byte*)s + op->Base) + (ulong)op->Displacement;
        return true;
    }
}
