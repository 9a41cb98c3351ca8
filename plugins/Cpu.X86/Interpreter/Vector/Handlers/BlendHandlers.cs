using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Handlers;

/// <summary>Handlers of PBLENDVB, BLENDVPS and BLENDVPD: the sign of each element of XMM0 selects.</summary>
internal static unsafe class BlendHandlers<T>
    where T : unmanaged
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* Finish(CoreState* s, Op* op, Vector128<byte> b)
    {
        XmmFile.Write(s, op->Reg, PackedArrangement.Select<T>(XmmFile.Read(s, VectorOffsets.Xmm0), b, XmmFile.Read(s, op->Reg)));
        return op + 1;
    }
}
