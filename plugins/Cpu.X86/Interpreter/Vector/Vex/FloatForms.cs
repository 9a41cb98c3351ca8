using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Vex;

/// <summary>Forms of floating-point operations. The exceptions of all elements are raised together, before anything is written.</summary>
internal static unsafe class FloatForms
{
    /// <summary>128 bits.</summary>
    public readonly struct Xmm<TOperation> : IVexForm
        where TOperation : IFloatOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            FloatExceptions raised = FloatExceptions.None;
            Vector128<byte> result = TOperation.Do(VexFile.Read(s, op->Extra), *(Vector128<byte>*)source, (int)op->Immediate, s->VectorControl, ref raised);
            return Finish(s, op, c, result, Vector128<byte>.Zero, raised);
        }
    }

    /// <summary>256 bits: both halves alike.</summary>
    public readonly struct Ymm<TOperation> : IVexForm
        where TOperation : IFloatOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            Vector128<byte>* halves = (Vector128<byte>*)source;
            FloatExceptions raised = FloatExceptions.None;
            Vector128<byte> lower = TOperation.Do(VexFile.Read(s, op->Extra), halves[0], (int)op->Immediate, s->VectorControl, ref raised);
            Vector128<byte> upper = TOperation.Do(VexFile.ReadUpper(s, op->Extra), halves[1], (int)op->Immediate, s->VectorControl, ref raised);
            return Finish(s, op, c, lower, upper, raised);
        }
    }

    /// <summary>256 bits from elements of half the size.</summary>
    public readonly struct Widened<TOperation> : IVexForm
        where TOperation : IFloatOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            FloatExceptions raised = FloatExceptions.None;
            Vector128<byte> lower = TOperation.Do(default, *(Vector128<byte>*)source, 0, s->VectorControl, ref raised);
            Vector128<byte> upper = TOperation.Do(default, *(Vector128<byte>*)(source + sizeof(ulong)), 0, s->VectorControl, ref raised);
            return Finish(s, op, c, lower, upper, raised);
        }
    }

    /// <summary>128 bits from 256.</summary>
    public readonly struct Narrowed<TOperation> : IVexForm
        where TOperation : IFloatOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            Vector128<byte>* halves = (Vector128<byte>*)source;
            FloatExceptions raised = FloatExceptions.None;
            Vector128<byte> first = TOperation.Do(default, halves[0], 0, s->VectorControl, ref raised);
            Vector128<byte> second = TOperation.Do(default, halves[1], 0, s->VectorControl, ref raised);
            return Finish(s, op, c, Vector128.Create(first.GetLower(), second.GetLower()), Vector128<byte>.Zero, raised);
        }
    }

    /// <summary>Raises what must be raised, else writes the destination.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Op* Finish(CoreState* s, Op* op, X86Core c, Vector128<byte> lower, Vector128<byte> upper, FloatExceptions raised)
    {
        if (raised != FloatExceptions.None && SseControl.Commit(ref s->Arch.Mxcsr, raised))
            return Availability.RaiseUnmasked(s, op, c);
        VexFile.Write(s, op->Reg, lower, upper);
        return op + 1;
    }
}
