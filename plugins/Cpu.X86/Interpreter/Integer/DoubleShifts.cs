using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>SHLD and SHRD.</summary>
internal static unsafe class DoubleShifts
{
    public static void Register(LoweringTable table) => table.Add(&Lower, Mnemonic.Shld, Mnemonic.Shrd);

    private static bool Lower(in Instruction i, ref Lowering l) => Operands.Size(i, 0) switch
    {
        2 => Lower<ushort>(i, ref l),
        4 => Lower<uint>(i, ref l),
        _ => Lower<ulong>(i, ref l),
    };

    private static bool Lower<T>(in Instruction i, ref Lowering l)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        bool left = i.Mnemonic == Mnemonic.Shld;

        // A count in CL is marked by a negative immediate.
        l.Op->Immediate = i.Op2Kind == OpKind.Register ? -1 : i.Immediate8;
        l.Op->Rm = Offsets.Of(i.Op1Register);
        if (!Lowering.IsMemory(i, 0))
        {
            l.Op->Reg = Offsets.Of(i.Op0Register);
            return l.Use(left ? &Left<T> : &Right<T>);
        }

        return l.Use(l.UseMemory(i) switch
        {
            AddressKind.Segmented => left ? &LeftMemory<T, Segmented> : &RightMemory<T, Segmented>,
            _ => left ? &LeftMemory<T, Flat64> : &RightMemory<T, Flat64>,
        });
    }

    private static int Count<T>(CoreState* s, Op* op)
        where T : unmanaged =>
        (op->Immediate < 0 ? (int)Registers.Get(s, X86Register.Rcx) : (int)op->Immediate) & (sizeof(T) == 8 ? 63 : 31);

    private static Op* Left<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        Registers.Set(s, op->Reg, ShiftLeft(s, Registers.Get<T>(s, op->Reg), Registers.Get<T>(s, op->Rm), Count<T>(s, op)));
        return op + 1;
    }

    private static Op* Right<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        Registers.Set(s, op->Reg, ShiftRight(s, Registers.Get<T>(s, op->Reg), Registers.Get<T>(s, op->Rm), Count<T>(s, op)));
        return op + 1;
    }

    private static Op* LeftMemory<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TAddressing : IAddressing
    {
        if (!Mem.Modify<T, TAddressing>(s, op, c, out ulong linear, out T* _) || !Mem.LoadAt(s, c, op->Segment, linear, out T a))
            return c.Abort(op);
        T result = ShiftLeft(s, a, Registers.Get<T>(s, op->Rm), Count<T>(s, op));
        return Mem.StoreAt(s, c, op->Segment, linear, result) ? op + 1 : c.Abort(op);
    }

    private static Op* RightMemory<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TAddressing : IAddressing
    {
        if (!Mem.Modify<T, TAddressing>(s, op, c, out ulong linear, out T* _) || !Mem.LoadAt(s, c, op->Segment, linear, out T a))
            return c.Abort(op);
        T result = ShiftRight(s, a, Registers.Get<T>(s, op->Rm), Count<T>(s, op));
        return Mem.StoreAt(s, c, op->Segment, linear, result) ? op + 1 : c.Abort(op);
    }

    /// <summary>A 16-bit operand may be shifted by more than its width, which is undefined (SDM volume 2, SHLD); processors go on with the first operand's bits.</summary>
    private static T ShiftLeft<T>(CoreState* s, T a, T b, int count)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        if (count == 0)
            return a;
        int bits = 8 * sizeof(T);
        UInt128 wide = (UInt128.CreateTruncating(a) << (2 * bits > 127 ? 64 : bits)) | UInt128.CreateTruncating(b);
        if (sizeof(T) == 2)
            wide = (wide << 16) | UInt128.CreateTruncating(a);
        int top = sizeof(T) == 2 ? 3 * bits : 2 * bits;
        T result = T.CreateTruncating((wide << count) >> (top - bits));
        bool carry = ((wide >> (top - count)) & 1) != 0;
        bool sign = result >> (bits - 1) != T.Zero;
        Flags.SetResult(s, result, carry, sign != (a >> (bits - 1) != T.Zero));
        return result;
    }

    private static T ShiftRight<T>(CoreState* s, T a, T b, int count)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        if (count == 0)
            return a;
        int bits = 8 * sizeof(T);
        UInt128 wide = (UInt128.CreateTruncating(b) << bits) | UInt128.CreateTruncating(a);
        if (sizeof(T) == 2)
            wide |= UInt128.CreateTruncating(a) << 32;
        T result = T.CreateTruncating(wide >> count);
        bool carry = ((wide >> (count - 1)) & 1) != 0;
        bool sign = result >> (bits - 1) != T.Zero;
        Flags.SetResult(s, result, carry, sign != (a >> (bits - 1) != T.Zero));
        return result;
    }
}
