using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Vex;

/// <summary>Handlers of VCVTPS2PH, whose destination can be memory. <see cref="Op.Size"/> is the source's.</summary>
internal static unsafe class HalfStoreHandlers
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Register(CoreState* s, Op* op, X86Core c)
    {
        if (s->AvxBlocked != 0)
            return Availability.RefuseAvx(op, c);
        FloatExceptions raised = FloatExceptions.None;
        Vector128<byte> result = Convert(s, op, ref raised);
        return FloatForms.Finish(s, op, c, result, Vector128<byte>.Zero, raised);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Memory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->AvxBlocked != 0)
            return Availability.RefuseAvx(op, c);
        FloatExceptions raised = FloatExceptions.None;
        Vector128<byte> result = Convert(s, op, ref raised);
        uint mxcsr = s->Arch.Mxcsr;
        if (raised != FloatExceptions.None && SseControl.Commit(ref mxcsr, raised))
        {
            // As on processors, a destination that faults comes first.
            if (!TAddressing.Resolve(s, op, c, op->Size / 2, true, out ulong linear) || !c.ProbeWrite(op->Segment, linear, op->Size / 2))
                return c.Abort(op);
            s->Arch.Mxcsr = mxcsr;
            return Availability.RaiseUnmasked(s, op, c);
        }

        bool ok = op->Size == sizeof(Vector256<byte>)
            ? Mem.Store<Vector128<byte>, TAddressing>(s, op, c, result)
            : Mem.Store<ulong, TAddressing>(s, op, c, result.AsUInt64().ToScalar());
        if (!ok)
            return c.Abort(op);
        s->Arch.Mxcsr = mxcsr;
        return op + 1;
    }

    private static Vector128<byte> Convert(CoreState* s, Op* op, ref FloatExceptions raised)
    {
        Vector128<byte> lower = FloatConversions.SingleToHalf.Do(default, VexFile.Read(s, op->Rm), (int)op->Immediate, s->VectorControl, ref raised);
        if (op->Size != sizeof(Vector256<byte>))
            return lower;
        Vector128<byte> upper = FloatConversions.SingleToHalf.Do(default, VexFile.ReadUpper(s, op->Rm), (int)op->Immediate, s->VectorControl, ref raised);
        return Vector128.Create(lower.GetLower(), upper.GetLower());
    }
}
