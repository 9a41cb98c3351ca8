using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Vex;

/// <summary>Handlers of instructions with VEX, by where the last source is.</summary>
internal static unsafe class VexHandlers<TForm>
    where TForm : IVexForm
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Register(CoreState* s, Op* op, X86Core c)
    {
        if (s->AvxBlocked != 0)
            return Availability.RefuseAvx(op, c);
        return TForm.Execute(s, op, c, (byte*)s + op->Rm);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Memory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->AvxBlocked != 0)
            return Availability.RefuseAvx(op, c);
        bool ok;
        Vector256<byte> source;
        switch (op->Size)
        {
            case 32:
                ok = Mem.Load<Vector256<byte>, TAddressing>(s, op, c, out source);
                break;
            default:
                ok = VectorMemory.LoadPartial<TAddressing>(s, op, c, out Vector128<byte> lower);
                source = lower.ToVector256();
                break;
        }

        return ok ? TForm.Execute(s, op, c, (byte*)&source) : c.Abort(op);
    }
}
