using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Vex;

/// <summary>Forms whose result is not in a vector register.</summary>
internal static unsafe class ResultForms
{
    /// <summary>To a general-purpose register, from 128 bits.</summary>
    public readonly struct General<TOperation> : IVexForm
        where TOperation : IGeneralResult
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            FloatExceptions raised = FloatExceptions.None;
            ulong result = TOperation.Do(*(Vector128<byte>*)source, s->VectorControl, ref raised);
            if (raised != FloatExceptions.None && SseControl.Commit(ref s->Arch.Mxcsr, raised))
                return Availability.RaiseUnmasked(s, op, c);
            Registers.Set(s, op->Reg, result);
            return op + 1;
        }
    }

    /// <summary>VMOVMSKPS and its kin: the signs of the elements of 256 bits.</summary>
    public readonly struct Signs<T> : IVexForm
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            Registers.Set(s, op->Reg, (ulong)(*(Vector256<byte>*)source).As<byte, T>().ExtractMostSignificantBits());
            return op + 1;
        }
    }

    /// <summary>To the status flags, from 128 bits.</summary>
    public readonly struct Status<TOperation> : IVexForm
        where TOperation : IFlagResult
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            FloatExceptions raised = FloatExceptions.None;
            ulong flags = TOperation.Do(VexFile.Read(s, op->Reg), *(Vector128<byte>*)source, s->VectorControl, ref raised);
            if (raised != FloatExceptions.None && SseControl.Commit(ref s->Arch.Mxcsr, raised))
                return Availability.RaiseUnmasked(s, op, c);
            Flags.SetStatus(s, flags);
            return op + 1;
        }
    }

    /// <summary>To the status flags, from 256 bits: what is true of both halves. Nothing of this kind raises.</summary>
    public readonly struct StatusOfBoth<TOperation> : IVexForm
        where TOperation : IFlagResult
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            Vector128<byte>* halves = (Vector128<byte>*)source;
            FloatExceptions raised = FloatExceptions.None;
            ulong flags = TOperation.Do(VexFile.Read(s, op->Reg), halves[0], s->VectorControl, ref raised)
                & TOperation.Do(VexFile.ReadUpper(s, op->Reg), halves[1], s->VectorControl, ref raised);
            Flags.SetStatus(s, flags);
            return op + 1;
        }
    }
}
