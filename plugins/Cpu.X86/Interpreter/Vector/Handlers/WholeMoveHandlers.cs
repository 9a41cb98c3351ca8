using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Handlers;

/// <summary>Handlers that move whole XMM registers.</summary>
internal static unsafe class WholeMoveHandlers
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Copy(CoreState* s, Op* op, X86Core c)
    {
        if (s->SseBlocked != 0)
            return Availability.RefuseSse(s, op, c);
        XmmFile.Write(s, op->Reg, XmmFile.Read(s, op->Rm));
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* LoadAligned<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->SseBlocked != 0)
            return Availability.RefuseSse(s, op, c);
        if (!VectorMemory.LoadAligned<TAddressing>(s, op, c, out Vector128<byte> value))
            return c.Abort(op);
        XmmFile.Write(s, op->Reg, value);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* LoadUnaligned<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->SseBlocked != 0)
            return Availability.RefuseSse(s, op, c);
        if (!Mem.Load<Vector128<byte>, TAddressing>(s, op, c, out Vector128<byte> value))
            return c.Abort(op);
        XmmFile.Write(s, op->Reg, value);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* StoreAligned<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->SseBlocked != 0)
            return Availability.RefuseSse(s, op, c);
        return VectorMemory.StoreAligned<TAddressing>(s, op, c, XmmFile.Read(s, op->Rm)) ? op + 1 : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* StoreUnaligned<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->SseBlocked != 0)
            return Availability.RefuseSse(s, op, c);
        return Mem.Store<Vector128<byte>, TAddressing>(s, op, c, XmmFile.Read(s, op->Rm)) ? op + 1 : c.Abort(op);
    }
}
