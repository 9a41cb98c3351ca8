using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>Handlers of MOV between general-purpose registers, memory and immediates.</summary>
internal static unsafe class MoveHandlers<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* RegReg(CoreState* s, Op* op, X86Core c)
    {
        Registers.Set(s, op->Reg, Registers.Get<T>(s, op->Rm));
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* RegImm(CoreState* s, Op* op, X86Core c)
    {
        Registers.Set(s, op->Reg, *(T*)&op->Immediate);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* RegMem<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (!Mem.Load<T, TAddressing>(s, op, c, out T value))
            return c.Abort(op);
        Registers.Set(s, op->Reg, value);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* MemReg<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing =>
        Mem.Store<T, TAddressing>(s, op, c, Registers.Get<T>(s, op->Reg)) ? op + 1 : c.Abort(op);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* MemImm<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing =>
        Mem.Store<T, TAddressing>(s, op, c, *(T*)&op->Immediate) ? op + 1 : c.Abort(op);
}
