using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Handlers;

/// <summary>Handlers of SHA256RNDS2, whose message words are in XMM0.</summary>
internal static unsafe class Sha256RoundHandlers
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Register(CoreState* s, Op* op, X86Core c)
    {
        if (s->SseBlocked != 0)
            return Availability.RefuseSse(s, op, c);
        return Finish(s, op, XmmFile.Read(s, op->Rm));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Memory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->SseBlocked != 0)
            return Availability.RefuseSse(s, op, c);
        return VectorMemory.LoadAligned<TAddressing>(s, op, c, out Vector128<byte> b) ? Finish(s, op, b) : c.Abort(op);
    }

    private static Op* Finish(CoreState* s, Op* op, Vector128<byte> b)
    {
        XmmFile.Write(s, op->Reg, ShaOperations.Sha256TwoRounds(XmmFile.Read(s, op->Reg), b, XmmFile.Read(s, VectorOffsets.Xmm0)));
        return op + 1;
    }
}
