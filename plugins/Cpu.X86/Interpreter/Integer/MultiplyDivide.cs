using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>MUL, IMUL, DIV, IDIV.</summary>
internal static unsafe class MultiplyDivide
{
    private const int Rax = 0;
    private const int Rdx = 8 * (int)X86Register.Rdx;

    public static void Register(LoweringTable table)
    {
        table.Add(&LowerOne, Mnemonic.Mul, Mnemonic.Div, Mnemonic.Idiv);
        table.Add(&LowerSignedMultiply, Mnemonic.Imul);
    }

    private static bool LowerSignedMultiply(in Instruction i, ref Lowering l)
    {
        if (i.OpCount == 1)
            return LowerOne(i, ref l);
        return Operands.Size(i, 0) switch
        {
            2 => LowerTruncating<ushort, short>(i, ref l),
            4 => LowerTruncating<uint, int>(i, ref l),
            _ => LowerTruncating<ulong, long>(i, ref l),
        };
    }

    private static bool LowerTruncating<T, TSigned>(in Instruction i, ref Lowering l)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TSigned : unmanaged, IBinaryInteger<TSigned>
    {
        bool immediate = i.OpCount == 3;
        l.Op->Reg = Offsets.Of(i.Op0Register);
        if (immediate)
            l.Op->Immediate = (long)i.GetImmediate(2);
        if (Lowering.IsMemory(i, 1))
        {
            return l.Use(l.UseMemory(i) switch
            {
                AddressKind.Segmented => immediate ? &MultiplyMemoryImmediate<T, TSigned, Segmented> : &MultiplyMemory<T, TSigned, Segmented>,
                _ => immediate ? &MultiplyMemoryImmediate<T, TSigned, Flat64> : &MultiplyMemory<T, TSigned, Flat64>,
            });
        }

        l.Op->Rm = Offsets.Of(i.Op1Register);
        return l.Use(immediate ? &MultiplyImmediate<T, TSigned> : &Multiply<T, TSigned>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Multiply<T, TSigned>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TSigned : unmanaged, IBinaryInteger<TSigned> =>
        Truncating<T, TSigned>(s, op, Registers.Get<TSigned>(s, op->Reg), Registers.Get<TSigned>(s, op->Rm));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* MultiplyImmediate<T, TSigned>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TSigned : unmanaged, IBinaryInteger<TSigned> =>
        Truncating<T, TSigned>(s, op, Registers.Get<TSigned>(s, op->Rm), TSigned.CreateTruncating(op->Immediate));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* MultiplyMemory<T, TSigned, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TSigned : unmanaged, IBinaryInteger<TSigned>
        where TAddressing : IAddressing =>
        Mem.Load<TSigned, TAddressing>(s, op, c, out TSigned b) ? Truncating<T, TSigned>(s, op, Registers.Get<TSigned>(s, op->Reg), b) : c.Abort(op);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* MultiplyMemoryImmediate<T, TSigned, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TSigned : unmanaged, IBinaryInteger<TSigned>
        where TAddressing : IAddressing =>
        Mem.Load<TSigned, TAddressing>(s, op, c, out TSigned a) ? Truncating<T, TSigned>(s, op, a, TSigned.CreateTruncating(op->Immediate)) : c.Abort(op);

    /// <summary>CF and OF say that the product does not fit; SF, ZF, AF and PF are undefined and follow the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* Truncating<T, TSigned>(CoreState* s, Op* op, TSigned a, TSigned b)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TSigned : unmanaged, IBinaryInteger<TSigned>
    {
        T result;
        bool overflow;
        if (typeof(T) == typeof(ulong))
        {
            long high = Math.BigMul(long.CreateTruncating(a), long.CreateTruncating(b), out long low);
            overflow = high != low >> 63;
            result = T.CreateTruncating(low);
        }
        else
        {
            long product = long.CreateTruncating(a) * long.CreateTruncating(b);
            result = T.CreateTruncating(product);
            overflow = long.CreateTruncating(TSigned.CreateTruncating(product)) != product;
        }

        Registers.Set(s, op->Reg, result);
        Flags.SetResult(s, result, overflow, overflow);
        return op + 1;
    }

    private static bool LowerOne(in Instruction i, ref Lowering l) => Operands.Size(i, 0) switch
    {
        1 => LowerOne<byte>(i, ref l),
        2 => LowerOne<ushort>(i, ref l),
        4 => LowerOne<uint>(i, ref l),
        _ => LowerOne<ulong>(i, ref l),
    };

    private static bool LowerOne<T>(in Instruction i, ref Lowering l)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        l.Op->Extra = (ushort)i.Mnemonic;
        if (!Lowering.IsMemory(i, 0))
        {
            l.Op->Reg = Offsets.Of(i.Op0Register);
            return l.Use(&Register<T>);
        }

        return l.Use(l.UseMemory(i) == AddressKind.Segmented ? &Memory<T, Segmented> : &Memory<T, Flat64>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Register<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T> => Do(s, op, c, Registers.Get<T>(s, op->Reg));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Memory<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TAddressing : IAddressing => Mem.Load<T, TAddressing>(s, op, c, out T b) ? Do(s, op, c, b) : c.Abort(op);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* Do<T>(CoreState* s, Op* op, X86Core c, T b)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        switch ((Mnemonic)op->Extra)
        {
            case Mnemonic.Mul:
                MultiplyUnsigned(s, b);
                return op + 1;
            case Mnemonic.Imul:
                MultiplySigned(s, b);
                return op + 1;
            case Mnemonic.Div:
                return DivideUnsigned(s, b) ? op + 1 : c.Raise(op, X86Exception.DivideError);
            default:
                return DivideSigned(s, b) ? op + 1 : c.Raise(op, X86Exception.DivideError);
        }
    }

    private static void MultiplyUnsigned<T>(CoreState* s, T b)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        T low;
        T high;
        if (typeof(T) == typeof(ulong))
        {
            ulong wideHigh = Math.BigMul(Registers.Get<ulong>(s, Rax), ulong.CreateTruncating(b), out ulong wideLow);
            low = T.CreateTruncating(wideLow);
            high = T.CreateTruncating(wideHigh);
        }
        else
        {
            ulong product = ulong.CreateTruncating(Registers.Get<T>(s, Rax)) * ulong.CreateTruncating(b);
            low = T.CreateTruncating(product);
            high = T.CreateTruncating(product >> (8 * sizeof(T)));
        }

        SetProduct(s, low, high);
        bool overflow = high != T.Zero;
        Flags.SetResult(s, low, overflow, overflow);
    }

    private static void MultiplySigned<T>(CoreState* s, T b)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        T low;
        T high;
        if (typeof(T) == typeof(ulong))
        {
            long wideHigh = Math.BigMul(Registers.Get<long>(s, Rax), long.CreateTruncating(b), out long wideLow);
            low = T.CreateTruncating(wideLow);
            high = T.CreateTruncating(wideHigh);
        }
        else
        {
            long product = (long)Flags.SignExtend(Registers.Get<T>(s, Rax)) * (long)Flags.SignExtend(b);
            low = T.CreateTruncating(product);
            high = T.CreateTruncating(product >> (8 * sizeof(T)));
        }

        SetProduct(s, low, high);
        T sign = low >> ((8 * sizeof(T)) - 1) != T.Zero ? ~T.Zero : T.Zero;
        bool overflow = high != sign;
        Flags.SetResult(s, low, overflow, overflow);
    }

    private static void SetProduct<T>(CoreState* s, T low, T high)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        Registers.Set(s, Rax, low);
        Registers.Set(s, sizeof(T) == 1 ? 1 : Rdx, high);
    }

    /// <summary>The flags are undefined after DIV and IDIV and stay as they are.</summary>
    private static bool DivideUnsigned<T>(CoreState* s, T divisor)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        if (divisor == T.Zero)
            return false;
        T low = Registers.Get<T>(s, Rax);
        T high = Registers.Get<T>(s, sizeof(T) == 1 ? 1 : Rdx);
        if (high >= divisor)
            return false;
        if (typeof(T) == typeof(ulong))
        {
            UInt128 dividend = new(ulong.CreateTruncating(high), ulong.CreateTruncating(low));
            if (high == T.Zero)
            {
                (T Quotient, T Remainder) small = T.DivRem(low, divisor);
                SetProduct(s, small.Quotient, small.Remainder);
                return true;
            }

            UInt128 quotient = dividend / ulong.CreateTruncating(divisor);
            SetProduct(s, T.CreateTruncating(quotient), T.CreateTruncating(dividend - (quotient * ulong.CreateTruncating(divisor))));
            return true;
        }

        ulong wide = (ulong.CreateTruncating(high) << (8 * sizeof(T))) | ulong.CreateTruncating(low);
        (ulong q, ulong r) = Math.DivRem(wide, ulong.CreateTruncating(divisor));
        SetProduct(s, T.CreateTruncating(q), T.CreateTruncating(r));
        return true;
    }

    private static bool DivideSigned<T>(CoreState* s, T divisor)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        if (divisor == T.Zero)
            return false;
        T low = Registers.Get<T>(s, Rax);
        T high = Registers.Get<T>(s, sizeof(T) == 1 ? 1 : Rdx);
        long signedDivisor = (long)Flags.SignExtend(divisor);
        if (typeof(T) == typeof(ulong))
        {
            Int128 dividend = new(ulong.CreateTruncating(high), ulong.CreateTruncating(low));
            if (dividend == Int128.MinValue && signedDivisor == -1)
                return false;
            Int128 quotient = dividend / signedDivisor;
            if (quotient > long.MaxValue || quotient < long.MinValue)
                return false;
            SetProduct(s, T.CreateTruncating(quotient), T.CreateTruncating(dividend - (quotient * signedDivisor)));
            return true;
        }

        int bits = 8 * sizeof(T);
        long wide = ((long)Flags.SignExtend(high) << bits) | (long)ulong.CreateTruncating(low);
        if (wide == long.MinValue && signedDivisor == -1)
            return false;
        (long q, long r) = Math.DivRem(wide, signedDivisor);
        if ((long)Flags.SignExtend(T.CreateTruncating(q)) != q)
            return false;
        SetProduct(s, T.CreateTruncating(q), T.CreateTruncating(r));
        return true;
    }
}
