using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Handlers;

/// <summary>Handlers of operations from a vector to a general-purpose register.</summary>
internal static unsafe class GeneralResultHandlers<TOperation, TFile>
    where TOperation : IGeneralResult
    where TFile : IRegisterFile
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Register(CoreState* s, Op* op, X86Core c)
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        return Finish(s, op, c, TFile.Read(s, op->Rm));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Partial<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        return VectorMemory.LoadPartial<TAddressing>(s, op, c, out Vector128<byte> b) ? Finish(s, op, c, b) : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* Finish(CoreState* s, Op* op, X86Core c, Vector128<byte> b)
    {
        FloatExceptions raised = FloatExceptions.None;
        ulong result = TOperation.Do(b, s->VectorControl, ref raised);
        if (raised != FloatExceptions.None && SseControl.Commit(ref s->Arch.Mxcsr, raised))
            return Availability.RaiseUnmasked(s, op, c);
        Registers.Set(s, op->Reg, result);
        TFile.Use(s);
        return op + 1;
    }
}
