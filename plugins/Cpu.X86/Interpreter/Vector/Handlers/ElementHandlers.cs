using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Handlers;

/// <summary>Handlers that move one element. <see cref="Op.Reg"/> and <see cref="Op.Rm"/> are where the elements are, not where their registers start.</summary>
internal static unsafe class ElementHandlers<T, TFile>
    where T : unmanaged
    where TFile : IRegisterFile
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* ToMemory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        if (!Mem.Store<T, TAddressing>(s, op, c, Registers.Get<T>(s, op->Rm)))
            return c.Abort(op);
        TFile.Use(s);
        return op + 1;
    }

    /// <summary>To a general-purpose register, extended with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* ToGeneral(CoreState* s, Op* op, X86Core c)
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        ulong value = 0;
        *(T*)&value = Registers.Get<T>(s, op->Rm);
        Registers.Set(s, op->Reg, value);
        TFile.Use(s);
        return op + 1;
    }

    /// <summary>Replaces one element; from a register of any kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Insert(CoreState* s, Op* op, X86Core c)
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        return FinishInsert(s, op, Registers.Get<T>(s, op->Rm));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* InsertMemory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        return Mem.Load<T, TAddressing>(s, op, c, out T value) ? FinishInsert(s, op, value) : c.Abort(op);
    }

    /// <summary>Sets the first element and clears the rest; from a register of any kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Set(CoreState* s, Op* op, X86Core c)
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        return FinishSet(s, op, Registers.Get<T>(s, op->Rm));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* SetMemory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        return Mem.Load<T, TAddressing>(s, op, c, out T value) ? FinishSet(s, op, value) : c.Abort(op);
    }

    /// <summary>MOVQ2DQ and MOVDQ2Q: the first element of a register of the other file.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* SetAcross(CoreState* s, Op* op, X86Core c)
    {
        if (s->SseBlocked != 0)
            return Availability.RefuseSse(s, op, c);
        if (MmxFile.IsBlocked(s))
            return Availability.RefuseMmx(s, op, c);
        MmxFile.Use(s);
        return FinishSet(s, op, Registers.Get<T>(s, op->Rm));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* FinishInsert(CoreState* s, Op* op, T value)
    {
        *(T*)((byte*)s + op->Reg) = value;
        TFile.UsePart(s, op->Reg);
        TFile.Use(s);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* FinishSet(CoreState* s, Op* op, T value)
    {
        TFile.Write(s, op->Reg, Vector128.CreateScalar(value).AsByte());
        TFile.Use(s);
        return op + 1;
    }
}
