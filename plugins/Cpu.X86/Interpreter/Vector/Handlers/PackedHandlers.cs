using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Handlers;

/// <summary>Handlers of integer and logical operations, by where the source is.</summary>
internal static unsafe class PackedHandlers<TOperation, TFile>
    where TOperation : IPackedOperation
    where TFile : IRegisterFile
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Register(CoreState* s, Op* op, X86Core c)
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        return Finish(s, op, TFile.Read(s, op->Rm));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* General(CoreState* s, Op* op, X86Core c)
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        return Finish(s, op, Vector128.CreateScalar(Registers.Get<ulong>(s, op->Rm)).AsByte());
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Memory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        return TFile.Load<TAddressing>(s, op, c, out Vector128<byte> b) ? Finish(s, op, b) : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Partial<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        return VectorMemory.LoadPartial<TAddressing>(s, op, c, out Vector128<byte> b) ? Finish(s, op, b) : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* Finish(CoreState* s, Op* op, Vector128<byte> b)
    {
        TFile.Write(s, op->Reg, TOperation.Do(TFile.Read(s, op->Reg), b, (int)op->Immediate));
        TFile.Use(s);
        return op + 1;
    }
}
