using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Vex;

/// <summary>Forms of the fused operations: products of two operands with a third added. <see cref="Op.Immediate"/> says which is which: 132, 213 or 231 name, in this order, the operands (1 the destination, 2 the first source, 3 the last) that are multiplied and that is added.</summary>
internal static unsafe class FusedForms
{
    /// <summary>128 bits.</summary>
    public readonly struct Xmm<TOperation> : IVexForm
        where TOperation : IFusedShape
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            FloatExceptions raised = FloatExceptions.None;
            Vector128<byte> result = Do<TOperation>(s, op, source, 0, ref raised);
            return FloatForms.Finish(s, op, c, result, Vector128<byte>.Zero, raised);
        }
    }

    /// <summary>256 bits.</summary>
    public readonly struct Ymm<TOperation> : IVexForm
        where TOperation : IFusedShape
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            FloatExceptions raised = FloatExceptions.None;
            Vector128<byte> lower = Do<TOperation>(s, op, source, 0, ref raised);
            Vector128<byte> upper = Do<TOperation>(s, op, source, sizeof(Vector128<byte>), ref raised);
            return FloatForms.Finish(s, op, c, lower, upper, raised);
        }
    }

    private static Vector128<byte> Do<TOperation>(CoreState* s, Op* op, byte* source, int offset, ref FloatExceptions raised)
        where TOperation : IFusedShape
    {
        Vector128<byte> first = VexFile.Read(s, op->Reg + offset);
        Vector128<byte> second = VexFile.Read(s, op->Extra + offset);
        Vector128<byte> third = *(Vector128<byte>*)(source + offset);
        return op->Immediate switch
        {
            132 => TOperation.Do(first, third, second, first, s->VectorControl, ref raised),
            213 => TOperation.Do(second, first, third, first, s->VectorControl, ref raised),
            _ => TOperation.Do(second, third, first, first, s->VectorControl, ref raised),
        };
    }
}
