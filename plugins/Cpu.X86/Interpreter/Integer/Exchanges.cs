using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>XCHG, XADD, CMPXCHG, CMPXCHG8B, CMPXCHG16B.</summary>
internal static unsafe class Exchanges
{
    private const int Rax = 0;

    public static void Register(LoweringTable table)
    {
        table.Add(&LowerExchange, Mnemonic.Xchg);
        table.Add(&LowerSized, Mnemonic.Xadd, Mnemonic.Cmpxchg);
        table.Add(&LowerWide, Mnemonic.Cmpxchg8b, Mnemonic.Cmpxchg16b);
    }

    private static bool LowerExchange(in Instruction i, ref Lowering l) => LowerSized(i, ref l);

    private static bool LowerSized(in Instruction i, ref Lowering l) => Operands.Size(i, 0) switch
    {
        1 => Lower<byte>(i, ref l),
        2 => Lower<ushort>(i, ref l),
        4 => Lower<uint>(i, ref l),
        _ => Lower<ulong>(i, ref l),
    };

    private static bool Lower<T>(in Instruction i, ref Lowering l)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        // XCHG may be decoded with its memory operand on either side.
        int memory = Lowering.IsMemory(i, 0) ? 0 : Lowering.IsMemory(i, 1) ? 1 : -1;
        if (memory < 0)
        {
            l.Op->Rm = Offsets.Of(i.Op0Register);
            l.Op->Reg = Offsets.Of(i.Op1Register);
            return l.Use(i.Mnemonic switch
            {
                Mnemonic.Xchg => &ExchangeRegisters<T>,
                Mnemonic.Xadd => &AddRegisters<T>,
                _ => &CompareRegisters<T>,
            });
        }

        l.Op->Reg = Offsets.Of(i.GetOpRegister(1 - memory));
        bool segmented = l.UseMemory(i) == AddressKind.Segmented;
        if (i.HasLockPrefix)
            l.Op->Prefix |= OpPrefix.Lock;
        return l.Use(i.Mnemonic switch
        {
            Mnemonic.Xchg => segmented ? &ExchangeMemory<T, Segmented> : &ExchangeMemory<T, Flat64>,
            Mnemonic.Xadd => segmented ? &AddMemory<T, Segmented> : &AddMemory<T, Flat64>,
            _ => segmented ? &CompareMemory<T, Segmented> : &CompareMemory<T, Flat64>,
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* ExchangeRegisters<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        T a = Registers.Get<T>(s, op->Rm);
        Registers.Set(s, op->Rm, Registers.Get<T>(s, op->Reg));
        Registers.Set(s, op->Reg, a);
        return op + 1;
    }

    /// <summary>XCHG with memory is always locked (SDM volume 2, XCHG).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* ExchangeMemory<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TAddressing : IAddressing
    {
        if (!Mem.Modify<T, TAddressing>(s, op, c, out ulong linear, out T* host))
            return c.Abort(op);
        T value = Registers.Get<T>(s, op->Reg);
        T old;
        if (host != null)
        {
            do
                old = Unsafe.ReadUnaligned<T>(host);
            while (!Atomic.CompareExchange(host, value, old));
        }
        else
        {
            c.BeginExclusive();
            bool done = Mem.LoadAt(s, c, op->Segment, linear, out old) && Mem.StoreAt(s, c, op->Segment, linear, value);
            c.EndExclusive();
            if (!done)
                return c.Abort(op);
        }

        Registers.Set(s, op->Reg, old);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* AddRegisters<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        T a = Registers.Get<T>(s, op->Rm);
        T sum = AddOperation.Do(s, a, Registers.Get<T>(s, op->Reg));
        Registers.Set(s, op->Reg, a);
        Registers.Set(s, op->Rm, sum);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* AddMemory<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TAddressing : IAddressing
    {
        if (!Mem.Modify<T, TAddressing>(s, op, c, out ulong linear, out T* host))
            return c.Abort(op);
        T b = Registers.Get<T>(s, op->Reg);
        T a;
        bool locked = (op->Prefix & OpPrefix.Lock) != 0;
        if (host == null)
        {
            if (locked)
                c.BeginExclusive();
            bool done = Mem.LoadAt(s, c, op->Segment, linear, out a) && Mem.StoreAt(s, c, op->Segment, linear, a + b);
            if (locked)
                c.EndExclusive();
            if (!done)
                return c.Abort(op);
        }
        else if (locked)
        {
            do
                a = Unsafe.ReadUnaligned<T>(host);
            while (!Atomic.CompareExchange(host, a + b, a));
        }
        else
        {
            a = Unsafe.ReadUnaligned<T>(host);
            Unsafe.WriteUnaligned(host, a + b);
        }

        AddOperation.Do(s, a, b);
        Registers.Set(s, op->Reg, a);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* CompareRegisters<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        T accumulator = Registers.Get<T>(s, Rax);
        T value = Registers.Get<T>(s, op->Rm);
        CmpOperation.Do(s, accumulator, value);
        if (accumulator == value)
            Registers.Set(s, op->Rm, Registers.Get<T>(s, op->Reg));
        else
            Registers.Set(s, Rax, value);
        return op + 1;
    }

    /// <summary>The destination is written in either case (SDM volume 2, CMPXCHG), so a page that cannot be written faults whatever the comparison says.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* CompareMemory<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TAddressing : IAddressing
    {
        if (!Mem.Modify<T, TAddressing>(s, op, c, out ulong linear, out T* host))
            return c.Abort(op);
        T accumulator = Registers.Get<T>(s, Rax);
        T replacement = Registers.Get<T>(s, op->Reg);
        T value;
        bool locked = (op->Prefix & OpPrefix.Lock) != 0;
        if (host == null)
        {
            if (locked)
                c.BeginExclusive();
            bool done = Mem.LoadAt(s, c, op->Segment, linear, out value)
                && Mem.StoreAt(s, c, op->Segment, linear, value == accumulator ? replacement : value);
            if (locked)
                c.EndExclusive();
            if (!done)
                return c.Abort(op);
        }
        else if (locked)
        {
            do
                value = Unsafe.ReadUnaligned<T>(host);
            while (value == accumulator && !Atomic.CompareExchange(host, replacement, accumulator));
        }
        else
        {
            value = Unsafe.ReadUnaligned<T>(host);
            if (value == accumulator)
                Unsafe.WriteUnaligned(host, replacement);
        }

        CmpOperation.Do(s, accumulator, value);
        if (value != accumulator)
            Registers.Set(s, Rax, value);
        return op + 1;
    }

    private static bool LowerWide(in Instruction i, ref Lowering l)
    {
        bool segmented = l.UseMemory(i) == AddressKind.Segmented;
        return l.Use(i.Mnemonic == Mnemonic.Cmpxchg8b
            ? segmented ? &CompareEight<Segmented> : &CompareEight<Flat64>
            : segmented ? &CompareSixteen<Segmented> : &CompareSixteen<Flat64>);
    }

    private static Op* CompareEight<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (!Mem.Modify<ulong, TAddressing>(s, op, c, out ulong linear, out ulong* host))
            return c.Abort(op);
        ulong expected = (Registers.Get(s, X86Register.Rdx) << 32) | (uint)Registers.Get(s, X86Register.Rax);
        ulong replacement = (Registers.Get(s, X86Register.Rcx) << 32) | (uint)Registers.Get(s, X86Register.Rbx);
        ulong value;
        if (host == null)
        {
            c.BeginExclusive();
            bool done = Mem.LoadAt(s, c, op->Segment, linear, out value)
                && Mem.StoreAt(s, c, op->Segment, linear, value == expected ? replacement : value);
            c.EndExclusive();
            if (!done)
                return c.Abort(op);
        }
        else
        {
            value = Interlocked.CompareExchange(ref *host, replacement, expected);
        }

        Flags.SetZero(s, value == expected);
        if (value != expected)
        {
            Registers.Set(s, X86Register.Rax, (uint)value);
            Registers.Set(s, X86Register.Rdx, value >> 32);
        }

        return op + 1;
    }

    /// <summary>The operand must be 16-byte aligned (SDM volume 2, CMPXCHG16B: #GP(0)).</summary>
    private static Op* CompareSixteen<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (!TAddressing.Resolve(s, op, c, 16, true, out ulong linear))
            return c.Abort(op);
        if ((linear & 15) != 0)
            return c.GeneralProtection(op);
        if (!Mem.ModifyAt(s, c, op->Segment, linear, out UInt128* host))
            return c.Abort(op);
        UInt128 expected = new(Registers.Get(s, X86Register.Rdx), Registers.Get(s, X86Register.Rax));
        UInt128 replacement = new(Registers.Get(s, X86Register.Rcx), Registers.Get(s, X86Register.Rbx));
        UInt128 value;
        if (host == null)
        {
            c.BeginExclusive();
            bool done = Mem.LoadAt(s, c, op->Segment, linear, out value)
                && Mem.StoreAt(s, c, op->Segment, linear, value == expected ? replacement : value);
            c.EndExclusive();
            if (!done)
                return c.Abort(op);
        }
        else
        {
            value = WideExchange.CompareExchange(host, replacement, expected);
        }

        Flags.SetZero(s, value == expected);
        if (value != expected)
        {
            Registers.Set(s, X86Register.Rax, (ulong)value);
            Registers.Set(s, X86Register.Rdx, (ulong)(value >> 64));
        }

        return op + 1;
    }
}
