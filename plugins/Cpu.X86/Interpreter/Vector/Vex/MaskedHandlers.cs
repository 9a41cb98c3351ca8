using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Vex;

/// <summary>Handlers of VMASKMOVPS and its kin: only elements whose mask has its sign set are accessed, so the others do not fault (SDM volume 2 VMASKMOV). <see cref="Op.Extra"/> is the mask, <see cref="Op.Size"/> the operands' size.</summary>
internal static unsafe class MaskedHandlers<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Load<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->AvxBlocked != 0)
            return Availability.RefuseAvx(op, c);
        uint mask = Mask(s, op);
        Vector256<byte> result = Vector256<byte>.Zero;
        Op element = *op;
        c.AlignmentExempt = true;
        for (int i = 0; i < op->Size / sizeof(T); i++)
        {
            if (((mask >> i) & 1) != 0 && !Mem.Load<T, TAddressing>(s, &element, c, out ((T*)&result)[i]))
                return Leave(op, c);
            element.Displacement += sizeof(T);
        }

        c.AlignmentExempt = false;

        VexFile.Write(s, op->Reg, result);
        return op + 1;
    }

    /// <summary>All elements are known not to fault before the first is written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Store<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->AvxBlocked != 0)
            return Availability.RefuseAvx(op, c);
        uint mask = Mask(s, op);
        int count = op->Size / sizeof(T);
        Op element = *op;
        c.AlignmentExempt = true;
        for (int i = 0; i < count; i++)
        {
            if (((mask >> i) & 1) != 0 && !Mem.Modify<T, TAddressing>(s, &element, c, out _, out _))
                return Leave(op, c);
            element.Displacement += sizeof(T);
        }

        element.Displacement = op->Displacement;
        for (int i = 0; i < count; i++)
        {
            if (((mask >> i) & 1) != 0 && !Mem.Store<T, TAddressing>(s, &element, c, Registers.Get<T>(s, op->Rm + (i * sizeof(T)))))
                return Leave(op, c);
            element.Displacement += sizeof(T);
        }

        c.AlignmentExempt = false;

        return op + 1;
    }

    private static Op* Leave(Op* op, X86Core c)
    {
        c.AlignmentExempt = false;
        return c.Abort(op);
    }

    private static uint Mask(CoreState* s, Op* op) => VexFile.ReadWide(s, op->Extra).As<byte, T>().ExtractMostSignificantBits();
}
