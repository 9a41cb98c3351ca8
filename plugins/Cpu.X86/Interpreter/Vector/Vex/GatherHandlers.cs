using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Vex;

/// <summary>Handlers of VPGATHERDD and its kin. Elements whose mask has its sign set are read in order; each clears its mask, so that after a fault the instruction goes on where it was (SDM volume 2 VPGATHERDD). <see cref="Op.Rm"/> are the indices, <see cref="Op.Extra"/> the mask, <see cref="Op.Size"/> the number of elements.</summary>
internal static unsafe class GatherHandlers<TIndex, T>
    where TIndex : unmanaged
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Gather<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->AvxBlocked != 0)
            return Availability.RefuseAvx(op, c);
        byte* destination = (byte*)s + op->Reg;
        byte* mask = (byte*)s + op->Extra;
        int used = op->Size * sizeof(T);
        uint wanted = VexFile.ReadWide(s, op->Extra).As<byte, T>().ExtractMostSignificantBits();
        Clear(mask, used);
        Op element = *op;
        c.AlignmentExempt = true;
        for (int i = 0; i < op->Size; i++)
        {
            if (((wanted >> i) & 1) == 0)
            {
                ((T*)mask)[i] = default;
                continue;
            }

            element.Displacement = op->Displacement + (Index(s, op, i) << op->Scale);
            if (!Mem.Load<T, TAddressing>(s, &element, c, out T value))
                return Leave(op, c, mask, wanted, i);
            ((T*)destination)[i] = value;
            ((T*)mask)[i] = default;
        }

        c.AlignmentExempt = false;
        Clear(destination, used);
        return op + 1;
    }

    private static long Index(CoreState* s, Op* op, int element) =>
        sizeof(TIndex) == sizeof(int)
            ? Registers.Get<int>(s, op->Rm + (element * sizeof(int)))
            : Registers.Get<long>(s, op->Rm + (element * sizeof(long)));

    /// <summary>What is still to be read keeps its mask, as all ones or zeros.</summary>
    private static Op* Leave(Op* op, X86Core c, byte* mask, uint wanted, int first)
    {
        for (int i = first; i < op->Size; i++)
            Unsafe.InitBlockUnaligned(mask + (i * sizeof(T)), ((wanted >> i) & 1) != 0 ? byte.MaxValue : (byte)0, (uint)sizeof(T));
        c.AlignmentExempt = false;
        return c.Abort(op);
    }

    /// <summary>Clears a register's bytes behind those that are used.</summary>
    private static void Clear(byte* register, int used) =>
        Unsafe.InitBlockUnaligned(register + used, 0, (uint)(sizeof(Vector256<byte>) - used));
}
