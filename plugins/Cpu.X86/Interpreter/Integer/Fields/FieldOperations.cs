using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer.Fields;

/// <summary>BMI1 and BMI2 (SDM volume 2). Flags that the manual leaves undefined are clear or follow the result.</summary>
internal static unsafe class FieldOperations
{
    public readonly struct AndNot : IFieldOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Do<T>(CoreState* s, Op* op, T source)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        {
            T result = ~Registers.Get<T>(s, op->Extra) & source;
            Flags.SetLogic(s, result);
            return result;
        }
    }

    /// <summary>BEXTR: the start in bits 7 to 0 of the second source, the length in bits 15 to 8.</summary>
    public readonly struct ExtractField : IFieldOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Do<T>(CoreState* s, Op* op, T source)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        {
            ushort control = Registers.Get<ushort>(s, op->Extra);
            int start = control & 0xFF;
            int length = control >> 8;
            T result = start < 8 * sizeof(T) ? Low(source >> start, length) : T.Zero;
            Flags.SetLogic(s, result);
            return result;
        }
    }

    /// <summary>BZHI: CF says that the index is past the last bit.</summary>
    public readonly struct ZeroHigh : IFieldOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Do<T>(CoreState* s, Op* op, T source)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        {
            int index = Registers.Get<byte>(s, op->Extra);
            T result = Low(source, index);
            Flags.SetResult(s, result, index >= 8 * sizeof(T), false);
            return result;
        }
    }

    public readonly struct IsolateLowest : IFieldOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Do<T>(CoreState* s, Op* op, T source)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        {
            T result = source & (~source + T.One);
            Flags.SetResult(s, result, source != T.Zero, false);
            return result;
        }
    }

    public readonly struct MaskToLowest : IFieldOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Do<T>(CoreState* s, Op* op, T source)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        {
            T result = source ^ (source - T.One);
            Flags.SetResult(s, result, source == T.Zero, false);
            return result;
        }
    }

    public readonly struct ResetLowest : IFieldOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Do<T>(CoreState* s, Op* op, T source)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        {
            T result = source & (source - T.One);
            Flags.SetResult(s, result, source == T.Zero, false);
            return result;
        }
    }

    /// <summary>MULX: the low half goes to the second operand, the high half to the first, which wins when both are the same register.</summary>
    public readonly struct Multiply : IFieldOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Do<T>(CoreState* s, Op* op, T source)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        {
            if (typeof(T) == typeof(ulong))
            {
                ulong high = Math.BigMul(Registers.Get(s, X86Register.Rdx), ulong.CreateTruncating(source), out ulong low);
                Registers.Set(s, op->Extra, low);
                return T.CreateTruncating(high);
            }

            ulong product = (ulong)(uint)Registers.Get(s, X86Register.Rdx) * uint.CreateTruncating(source);
            Registers.Set(s, op->Extra, (uint)product);
            return T.CreateTruncating(product >> 32);
        }
    }

    /// <summary>PDEP: the low bits of the second source go where the source, which is the mask, has ones.</summary>
    public readonly struct Deposit : IFieldOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Do<T>(CoreState* s, Op* op, T source)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        {
            ulong value = ulong.CreateTruncating(Registers.Get<T>(s, op->Extra));
            ulong mask = ulong.CreateTruncating(source);
            return T.CreateTruncating(Bmi2.X64.IsSupported ? Bmi2.X64.ParallelBitDeposit(value, mask) : BitGathering.Deposit(value, mask));
        }
    }

    /// <summary>PEXT: the bits of the second source where the mask has ones, moved together.</summary>
    public readonly struct Extract : IFieldOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Do<T>(CoreState* s, Op* op, T source)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        {
            ulong value = ulong.CreateTruncating(Registers.Get<T>(s, op->Extra));
            ulong mask = ulong.CreateTruncating(source);
            return T.CreateTruncating(Bmi2.X64.IsSupported ? Bmi2.X64.ParallelBitExtract(value, mask) : BitGathering.Extract(value, mask));
        }
    }

    public readonly struct RotateRight : IFieldOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Do<T>(CoreState* s, Op* op, T source)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T> =>
            T.RotateRight(source, (int)op->Immediate & ((8 * sizeof(T)) - 1));
    }

    public readonly struct ShiftLeft : IFieldOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Do<T>(CoreState* s, Op* op, T source)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T> => source << Count<T>(s, op);
    }

    public readonly struct ShiftRight : IFieldOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Do<T>(CoreState* s, Op* op, T source)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T> => source >> Count<T>(s, op);
    }

    public readonly struct ShiftArithmetic : IFieldOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Do<T>(CoreState* s, Op* op, T source)
            where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T> =>
            T.CreateTruncating((long)Flags.SignExtend(source) >> Count<T>(s, op));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Count<T>(CoreState* s, Op* op)
        where T : unmanaged => Registers.Get<byte>(s, op->Extra) & ((8 * sizeof(T)) - 1);

    /// <summary>The low bits of a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Low<T>(T value, int bits)
        where T : unmanaged, IBinaryInteger<T> => bits >= 8 * sizeof(T) ? value : value & ((T.One << bits) - T.One);
}
