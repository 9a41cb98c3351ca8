using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>BT, BTS, BTR, BTC, BSF, BSR, TZCNT, LZCNT, POPCNT, CRC32.</summary>
internal static unsafe class Bits
{
    private enum Change
    {
        None,
        Set,
        Reset,
        Complement,
    }

    public static void Register(LoweringTable table)
    {
        table.Add(&LowerTest, Mnemonic.Bt, Mnemonic.Bts, Mnemonic.Btr, Mnemonic.Btc);
        table.Add(&LowerScan, Mnemonic.Bsf, Mnemonic.Bsr, Mnemonic.Popcnt, Mnemonic.Tzcnt, Mnemonic.Lzcnt);
        table.Add(&LowerCrc, Mnemonic.Crc32);
    }

    private static bool LowerTest(in Instruction i, ref Lowering l) => Operands.Size(i, 0) switch
    {
        2 => LowerTest<ushort>(i, ref l),
        4 => LowerTest<uint>(i, ref l),
        _ => LowerTest<ulong>(i, ref l),
    };

    private static bool LowerTest<T>(in Instruction i, ref Lowering l)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        l.Op->Extra = (ushort)(i.Mnemonic switch
        {
            Mnemonic.Bt => Change.None,
            Mnemonic.Bts => Change.Set,
            Mnemonic.Btr => Change.Reset,
            _ => Change.Complement,
        });
        bool immediate = i.Op1Kind != OpKind.Register;
        if (immediate)
            l.Op->Immediate = i.Immediate8 & ((8 * sizeof(T)) - 1);
        else
            l.Op->Rm = Offsets.Of(i.Op1Register);
        if (i.HasLockPrefix)
            l.Op->Prefix |= OpPrefix.Lock;
        if (!Lowering.IsMemory(i, 0))
        {
            l.Op->Reg = Offsets.Of(i.Op0Register);
            return l.Use(immediate ? &TestRegister<T, ByImmediate> : &TestRegister<T, ByRegister>);
        }

        return l.Use(l.UseMemory(i) == AddressKind.Segmented
            ? immediate ? &TestMemory<T, Segmented> : &TestString<T, Segmented>
            : immediate ? &TestMemory<T, Flat64> : &TestString<T, Flat64>);
    }

    private interface IBitIndex
    {
        static abstract int Get<T>(CoreState* s, Op* op)
            where T : unmanaged, IBinaryInteger<T>;
    }

    private readonly struct ByImmediate : IBitIndex
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Get<T>(CoreState* s, Op* op)
            where T : unmanaged, IBinaryInteger<T> => (int)op->Immediate;
    }

    private readonly struct ByRegister : IBitIndex
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Get<T>(CoreState* s, Op* op)
            where T : unmanaged, IBinaryInteger<T> => int.CreateTruncating(Registers.Get<T>(s, op->Rm)) & ((8 * sizeof(T)) - 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* TestRegister<T, TIndex>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TIndex : IBitIndex
    {
        T value = Registers.Get<T>(s, op->Reg);
        int index = TIndex.Get<T>(s, op);
        Flags.SetCarry(s, ((value >> index) & T.One) != T.Zero);
        if (op->Extra != (int)Change.None)
            Registers.Set(s, op->Reg, Apply(value, T.One << index, (Change)op->Extra));
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* TestMemory<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TAddressing : IAddressing =>
        TAddressing.Resolve(s, op, c, sizeof(T), op->Extra != (int)Change.None, out ulong linear)
            ? TestAt<T>(s, op, c, linear, (int)op->Immediate) : c.Abort(op);

    /// <summary>With a register as index the operand is a string of bits of any length around the address (SDM volume 1, 3.1.1.9, "Bit(BitBase, BitOffset)").</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* TestString<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TAddressing : IAddressing
    {
        long index = (long)Flags.SignExtend(Registers.Get<T>(s, op->Rm));
        Op moved = *op;
        moved.Displacement += (index >> BitOperations.Log2((uint)(8 * sizeof(T)))) * sizeof(T);
        return TAddressing.Resolve(s, &moved, c, sizeof(T), op->Extra != (int)Change.None, out ulong linear)
            ? TestAt<T>(s, op, c, linear, (int)index & ((8 * sizeof(T)) - 1)) : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* TestAt<T>(CoreState* s, Op* op, X86Core c, ulong linear, int index)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        T mask = T.One << index;
        var change = (Change)op->Extra;
        if (change == Change.None)
        {
            if (!Mem.LoadAt(s, c, op->Segment, linear, out T tested))
                return c.Abort(op);
            Flags.SetCarry(s, (tested & mask) != T.Zero);
            return op + 1;
        }

        if (!Mem.ModifyAt(s, c, op->Segment, linear, out T* host))
            return c.Abort(op);
        T value;
        bool locked = (op->Prefix & OpPrefix.Lock) != 0;
        if (host == null)
        {
            if (locked)
                c.BeginExclusive();
            bool done = Mem.LoadAt(s, c, op->Segment, linear, out value) && Mem.StoreAt(s, c, op->Segment, linear, Apply(value, mask, change));
            if (locked)
                c.EndExclusive();
            if (!done)
                return c.Abort(op);
        }
        else if (locked)
        {
            do
                value = Unsafe.ReadUnaligned<T>(host);
            while (!Atomic.CompareExchange(host, Apply(value, mask, change), value));
        }
        else
        {
            value = Unsafe.ReadUnaligned<T>(host);
            Unsafe.WriteUnaligned(host, Apply(value, mask, change));
        }

        Flags.SetCarry(s, (value & mask) != T.Zero);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Apply<T>(T value, T mask, Change change)
        where T : unmanaged, IBinaryInteger<T> => change switch
        {
            Change.Set => value | mask,
            Change.Reset => value & ~mask,
            Change.Complement => value ^ mask,
            _ => value,
        };

    private static bool LowerScan(in Instruction i, ref Lowering l) => Operands.Size(i, 0) switch
    {
        2 => LowerScan<ushort>(i, ref l),
        4 => LowerScan<uint>(i, ref l),
        _ => LowerScan<ulong>(i, ref l),
    };

    private static bool LowerScan<T>(in Instruction i, ref Lowering l)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        l.Op->Reg = Offsets.Of(i.Op0Register);
        l.Op->Extra = (ushort)i.Mnemonic;
        if (!Lowering.IsMemory(i, 1))
        {
            l.Op->Rm = Offsets.Of(i.Op1Register);
            return l.Use(&ScanRegister<T>);
        }

        return l.Use(l.UseMemory(i) == AddressKind.Segmented ? &ScanMemory<T, Segmented> : &ScanMemory<T, Flat64>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* ScanRegister<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T> => Scan(s, op, Registers.Get<T>(s, op->Rm));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* ScanMemory<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TAddressing : IAddressing => Mem.Load<T, TAddressing>(s, op, c, out T value) ? Scan(s, op, value) : c.Abort(op);

    /// <summary>BSF and BSR of zero leave the destination as it is, as all processors do; of the flags only ZF is defined. POPCNT clears all but ZF. TZCNT and LZCNT of zero give the width and set CF; their ZF tells of the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* Scan<T>(CoreState* s, Op* op, T value)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        if ((Mnemonic)op->Extra == Mnemonic.Popcnt)
        {
            Registers.Set(s, op->Reg, T.PopCount(value));
            Flags.SetStatus(s, value == T.Zero ? Flags.Zero : 0);
            return op + 1;
        }

        if ((Mnemonic)op->Extra is Mnemonic.Tzcnt or Mnemonic.Lzcnt)
        {
            T count = (Mnemonic)op->Extra == Mnemonic.Tzcnt ? T.TrailingZeroCount(value) : T.LeadingZeroCount(value);
            Registers.Set(s, op->Reg, count);
            Flags.SetResult(s, count, value == T.Zero, false);
            return op + 1;
        }

        Flags.SetLogic(s, value);
        if (value != T.Zero)
        {
            T index = (Mnemonic)op->Extra == Mnemonic.Bsf
                ? T.TrailingZeroCount(value)
                : T.CreateTruncating((8 * sizeof(T)) - 1) - T.LeadingZeroCount(value);
            Registers.Set(s, op->Reg, index);
        }

        return op + 1;
    }

    private static bool LowerCrc(in Instruction i, ref Lowering l)
    {
        int size = Operands.Size(i, 1);
        l.Op->Reg = Offsets.Of(i.Op0Register);
        l.Op->Size = (byte)Operands.Size(i, 0);
        if (!Lowering.IsMemory(i, 1))
        {
            l.Op->Rm = Offsets.Of(i.Op1Register);
            return l.Use(size switch
            {
                1 => &CrcRegister<byte>,
                2 => &CrcRegister<ushort>,
                4 => &CrcRegister<uint>,
                _ => &CrcRegister<ulong>,
            });
        }

        bool segmented = l.UseMemory(i) == AddressKind.Segmented;
        return l.Use(size switch
        {
            1 => segmented ? &CrcMemory<byte, Segmented> : &CrcMemory<byte, Flat64>,
            2 => segmented ? &CrcMemory<ushort, Segmented> : &CrcMemory<ushort, Flat64>,
            4 => segmented ? &CrcMemory<uint, Segmented> : &CrcMemory<uint, Flat64>,
            _ => segmented ? &CrcMemory<ulong, Segmented> : &CrcMemory<ulong, Flat64>,
        });
    }

    private static Op* CrcRegister<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T> => Crc(s, op, Registers.Get<T>(s, op->Rm));

    private static Op* CrcMemory<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>
        where TAddressing : IAddressing => Mem.Load<T, TAddressing>(s, op, c, out T value) ? Crc(s, op, value) : c.Abort(op);

    /// <summary>The destination's upper half is cleared at either operand size (SDM volume 2, CRC32).</summary>
    private static Op* Crc<T>(CoreState* s, Op* op, T value)
        where T : unmanaged, IBinaryInteger<T>
    {
        uint crc = Registers.Get<uint>(s, op->Reg);
        crc = sizeof(T) switch
        {
            1 => BitOperations.Crc32C(crc, byte.CreateTruncating(value)),
            2 => BitOperations.Crc32C(crc, ushort.CreateTruncating(value)),
            4 => BitOperations.Crc32C(crc, uint.CreateTruncating(value)),
            _ => BitOperations.Crc32C(crc, ulong.CreateTruncating(value)),
        };
        Registers.Set(s, op->Reg, crc);
        return op + 1;
    }
}
