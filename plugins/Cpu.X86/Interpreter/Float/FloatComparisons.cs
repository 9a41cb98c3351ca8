using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.Interpreter.Float.Formats;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>FCOM, FUCOM and their kin, FICOM, FCOMI, FUCOMI, FTST, FXAM. The outcome is written even when an exception is unmasked; only the pop is then left out.</summary>
internal static unsafe class FloatComparisons
{
    public static void Register(LoweringTable table)
    {
        table.Add(
            &Compare,
            Mnemonic.Fcom, Mnemonic.Fcomp, Mnemonic.Fcompp, Mnemonic.Fucom, Mnemonic.Fucomp, Mnemonic.Fucompp, Mnemonic.Ficom, Mnemonic.Ficomp);
        table.Add(&CompareToFlags, Mnemonic.Fcomi, Mnemonic.Fcomip, Mnemonic.Fucomi, Mnemonic.Fucomip);
        table.Add(&Inspect, Mnemonic.Ftst, Mnemonic.Fxam);
    }

    private static bool Compare(in Instruction i, ref Lowering l)
    {
        int pops = i.Mnemonic switch
        {
            Mnemonic.Fcompp or Mnemonic.Fucompp => 2,
            Mnemonic.Fcomp or Mnemonic.Fucomp or Mnemonic.Ficomp => 1,
            _ => 0,
        };
        if (i.OpCount > 0 && Lowering.IsMemory(i, 0))
        {
            return i.MemorySize switch
            {
                MemorySize.Float32 => CompareMemory<SingleFormat, uint>(i, ref l, pops),
                MemorySize.Float64 => CompareMemory<DoubleFormat, ulong>(i, ref l, pops),
                MemorySize.Int16 => CompareMemory<Integer16Format, short>(i, ref l, pops),
                _ => CompareMemory<Integer32Format, int>(i, ref l, pops),
            };
        }

        FloatLowering.UseStack(ref l, 0, i.OpCount > 1 ? FloatLowering.Number(i.Op1Register) : 1, pops);
        return l.Use(i.Mnemonic is Mnemonic.Fucom or Mnemonic.Fucomp or Mnemonic.Fucompp ? &Unordered : &Ordered);
    }

    private static bool CompareMemory<TFormat, T>(in Instruction i, ref Lowering l, int pops)
        where TFormat : IFloatSource<T>
        where T : unmanaged
    {
        return l.Use(FloatLowering.UseMemory(i, ref l, pops) switch
        {
            AddressKind.BaseDisplacement => &Memory<TFormat, T, BaseDisplacement>,
            AddressKind.Flat64 => &Memory<TFormat, T, Flat64>,
            _ => &Memory<TFormat, T, Segmented>,
        });
    }

    private static bool CompareToFlags(in Instruction i, ref Lowering l)
    {
        FloatLowering.UseStack(ref l, 0, FloatLowering.Number(i.Op1Register), i.Mnemonic is Mnemonic.Fcomip or Mnemonic.Fucomip ? 1 : 0);
        return l.Use(i.Mnemonic is Mnemonic.Fcomi or Mnemonic.Fcomip ? &OrderedToFlags : &UnorderedToFlags);
    }

    private static bool Inspect(in Instruction i, ref Lowering l)
    {
        FloatLowering.UseOpcode(ref l);
        return l.Use(i.Mnemonic == Mnemonic.Ftst ? &Test : &Examine);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Ordered(CoreState* s, Op* op, X86Core c) => Stack(s, op, c, unordered: false, toFlags: false);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Unordered(CoreState* s, Op* op, X86Core c) => Stack(s, op, c, unordered: true, toFlags: false);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* OrderedToFlags(CoreState* s, Op* op, X86Core c) => Stack(s, op, c, unordered: false, toFlags: true);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* UnorderedToFlags(CoreState* s, Op* op, X86Core c) => Stack(s, op, c, unordered: true, toFlags: true);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* Stack(CoreState* s, Op* op, X86Core c, bool unordered, bool toFlags)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        FloatRelation relation;
        bool complete;
        if (FloatStack.IsEmpty(s, 0) || FloatStack.IsEmpty(s, op->Rm))
        {
            complete = FloatStack.Underflow(s);
            relation = FloatRelation.Unordered;
        }
        else
        {
            var context = new X87Context(s->Arch.FloatControl);
            Float80 left = *FloatStack.At(s, 0);
            Float80 right = *FloatStack.At(s, op->Rm);
            relation = unordered ? X87Comparison.CompareUnordered(ref context, left, right) : X87Comparison.Compare(ref context, left, right);
            FloatStack.Report(s, context);
            complete = !context.SuppressesResult;
        }

        if (toFlags)
            SetFlags(s, relation);
        else
            FloatStack.SetRelation(s, (int)relation);
        if (complete)
            FloatStack.Pop(s, op->Size);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Memory<TFormat, T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where TFormat : IFloatSource<T>
        where T : unmanaged
        where TAddressing : IAddressing
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        if (!FloatMemory.Load<T, TAddressing>(s, op, c, out T bits))
            return c.Abort(op);
        if (FloatStack.IsEmpty(s, 0))
        {
            bool masked = FloatStack.Underflow(s);
            FloatStack.SetRelation(s, (int)FloatRelation.Unordered);
            if (masked)
                FloatStack.Pop(s, op->Size);
            return op + 1;
        }

        var context = new X87Context(s->Arch.FloatControl);
        Float80 right = TFormat.Widen(ref context, bits);
        FloatRelation relation = X87Comparison.Compare(ref context, *FloatStack.At(s, 0), right);
        FloatStack.Report(s, context);
        FloatStack.SetRelation(s, (int)relation);
        if (!context.SuppressesResult)
            FloatStack.Pop(s, op->Size);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Test(CoreState* s, Op* op, X86Core c)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        if (FloatStack.IsEmpty(s, 0))
        {
            FloatStack.Underflow(s);
            FloatStack.SetRelation(s, (int)FloatRelation.Unordered);
            return op + 1;
        }

        var context = new X87Context(s->Arch.FloatControl);
        FloatRelation relation = X87Comparison.Compare(ref context, *FloatStack.At(s, 0), Float80.Zero(false));
        FloatStack.Report(s, context);
        FloatStack.SetRelation(s, (int)relation);
        return op + 1;
    }

    /// <summary>FXAM (SDM volume 2, table 3-51): C1 is the sign, of an empty register's contents too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Examine(CoreState* s, Op* op, X86Core c)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        Float80 value = *FloatStack.At(s, 0);
        FloatStack.SetRelation(s, (int)(FloatStack.IsEmpty(s, 0) ? Float80Class.Empty : value.Classify()));
        if (value.Sign)
            s->Arch.FloatStatus |= FloatBits.C1;
        return op + 1;
    }

    /// <summary>ZF, PF and CF from the comparison; OF, SF and AF clear (SDM volume 2, FCOMI).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetFlags(CoreState* s, FloatRelation relation)
    {
        int bits = (int)relation;
        ulong status = ((ulong)bits & 1) | (((ulong)bits & 2) << 1) | (((ulong)bits & 4) << 4);
        Flags.SetStatus(s, status);
    }
}
