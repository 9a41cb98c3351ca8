using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>ADCX and ADOX: additions that carry through CF alone or through OF alone, so that two chains can be interleaved.</summary>
internal static unsafe class CarryChains
{
    public static void Register(LoweringTable table)
    {
        table.Add(&Lower<CarryChain>, Mnemonic.Adcx);
        table.Add(&Lower<OverflowChain>, Mnemonic.Adox);
    }

    private interface IChain
    {
        static abstract bool Get(CoreState* s);

        static abstract void Set(CoreState* s, bool carry);
    }

    private readonly struct CarryChain : IChain
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Get(CoreState* s) => Flags.GetCarry(s);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Set(CoreState* s, bool carry) => Flags.SetCarryOverflow(s, carry, Flags.GetOverflow(s));
    }

    private readonly struct OverflowChain : IChain
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Get(CoreState* s) => Flags.GetOverflow(s);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Set(CoreState* s, bool carry) => Flags.SetCarryOverflow(s, Flags.GetCarry(s), carry);
    }

    private static bool Lower<TChain>(in Instruction i, ref Lowering l)
        where TChain : IChain => i.Op0Register.GetSize() == 8 ? Lower<TChain, ulong>(i, ref l) : Lower<TChain, uint>(i, ref l);

    private static bool Lower<TChain, T>(in Instruction i, ref Lowering l)
        where TChain : IChain
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        l.Op->Reg = Offsets.Of(i.Op0Register);
        if (!Lowering.IsMemory(i, 1))
        {
            l.Op->Rm = Offsets.Of(i.Op1Register);
            return l.Use(&FromRegister<TChain, T>);
        }

        return l.Use(l.UseMemory(i) == AddressKind.Segmented ? &FromMemory<TChain, T, Segmented> : &FromMemory<TChain, T, Flat64>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* FromRegister<TChain, T>(CoreState* s, Op* op, X86Core c)
        where TChain : IChain
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T> => Add<TChain, T>(s, op, Registers.Get<T>(s, op->Rm));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* FromMemory<TChain, T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where TChain : IChain
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
        where TAddressing : IAddressing => Mem.Load<T, TAddressing>(s, op, c, out T b) ? Add<TChain, T>(s, op, b) : c.Abort(op);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* Add<TChain, T>(CoreState* s, Op* op, T b)
        where TChain : IChain
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        T a = Registers.Get<T>(s, op->Reg);
        T sum = a + b;
        bool carry = sum < a;
        if (TChain.Get(s))
        {
            sum++;
            carry |= sum == T.Zero;
        }

        TChain.Set(s, carry);
        Registers.Set(s, op->Reg, sum);
        return op + 1;
    }
}
