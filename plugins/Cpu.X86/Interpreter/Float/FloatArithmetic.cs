using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.Interpreter.Float.Formats;
using Dominion.Cpu.X86.Interpreter.Float.Operations;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>FADD, FSUB, FMUL, FDIV and their kin, FSQRT, FRNDINT, FABS, FCHS, FSCALE, FPREM, FPREM1, FXTRACT.</summary>
internal static unsafe class FloatArithmetic
{
    public static void Register(LoweringTable table)
    {
        table.Add(&Binary<AddFloat>, Mnemonic.Fadd, Mnemonic.Fiadd, Mnemonic.Faddp);
        table.Add(&Binary<SubtractFloat>, Mnemonic.Fsub, Mnemonic.Fisub, Mnemonic.Fsubp);
        table.Add(&Binary<SubtractFloatReversed>, Mnemonic.Fsubr, Mnemonic.Fisubr, Mnemonic.Fsubrp);
        table.Add(&Binary<MultiplyFloat>, Mnemonic.Fmul, Mnemonic.Fimul, Mnemonic.Fmulp);
        table.Add(&Binary<DivideFloat>, Mnemonic.Fdiv, Mnemonic.Fidiv, Mnemonic.Fdivp);
        table.Add(&Binary<DivideFloatReversed>, Mnemonic.Fdivr, Mnemonic.Fidivr, Mnemonic.Fdivrp);
        table.Add(&Unary<SquareRootFloat>, Mnemonic.Fsqrt);
        table.Add(&Unary<RoundFloat>, Mnemonic.Frndint);
        table.Add(&Unary<AbsoluteFloat>, Mnemonic.Fabs);
        table.Add(&Unary<NegateFloat>, Mnemonic.Fchs);
        table.Add(&Scale, Mnemonic.Fscale);
        table.Add(&LowerRemainder, Mnemonic.Fprem, Mnemonic.Fprem1);
        table.Add(&LowerExtract, Mnemonic.Fxtract);
    }

    /// <summary>Gives an operation on ST(0) its handler.</summary>
    public static bool Unary<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IFloatUnary
    {
        FloatLowering.UseOpcode(ref l);
        return l.Use(&Replace<TOperation>);
    }

    private static bool Binary<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IFloatBinary
    {
        if (!Lowering.IsMemory(i, 0))
        {
            bool pops = i.Mnemonic is Mnemonic.Faddp or Mnemonic.Fsubp or Mnemonic.Fsubrp or Mnemonic.Fmulp or Mnemonic.Fdivp or Mnemonic.Fdivrp;
            FloatLowering.UseStack(ref l, FloatLowering.Number(i.Op0Register), FloatLowering.Number(i.Op1Register), pops ? 1 : 0);
            return l.Use(&FloatArithmeticHandlers<TOperation>.Stack);
        }

        return i.MemorySize switch
        {
            MemorySize.Float32 => Binary<TOperation, SingleFormat, uint>(i, ref l),
            MemorySize.Float64 => Binary<TOperation, DoubleFormat, ulong>(i, ref l),
            MemorySize.Int16 => Binary<TOperation, Integer16Format, short>(i, ref l),
            _ => Binary<TOperation, Integer32Format, int>(i, ref l),
        };
    }

    private static bool Binary<TOperation, TFormat, T>(in Instruction i, ref Lowering l)
        where TOperation : IFloatBinary
        where TFormat : IFloatSource<T>
        where T : unmanaged
    {
        return l.Use(FloatLowering.UseMemory(i, ref l, 0) switch
        {
            AddressKind.BaseDisplacement => &FloatArithmeticHandlers<TOperation>.Mem<TFormat, T, BaseDisplacement>,
            AddressKind.Flat64 => &FloatArithmeticHandlers<TOperation>.Mem<TFormat, T, Flat64>,
            _ => &FloatArithmeticHandlers<TOperation>.Mem<TFormat, T, Segmented>,
        });
    }

    private static bool Scale(in Instruction i, ref Lowering l)
    {
        FloatLowering.UseStack(ref l, 0, 1, 0);
        return l.Use(&FloatArithmeticHandlers<ScaleFloat>.Stack);
    }

    private static bool LowerRemainder(in Instruction i, ref Lowering l)
    {
        FloatLowering.UseOpcode(ref l);
        return l.Use(i.Mnemonic == Mnemonic.Fprem ? &TruncatingRemainder : &NearestRemainder);
    }

    private static bool LowerExtract(in Instruction i, ref Lowering l)
    {
        FloatLowering.UseOpcode(ref l);
        return l.Use(&Extract);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Replace<TOperation>(CoreState* s, Op* op, X86Core c)
        where TOperation : IFloatUnary
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        if (FloatStack.IsEmpty(s, 0))
        {
            if (FloatStack.Underflow(s))
                FloatStack.Write(s, 0, Float80.Indefinite);
            return op + 1;
        }

        var context = new X87Context(s->Arch.FloatControl);
        Float80 result = TOperation.Do(ref context, *FloatStack.At(s, 0));
        FloatStack.Report(s, context);
        if (!context.SuppressesResult)
            FloatStack.Write(s, 0, result);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* TruncatingRemainder(CoreState* s, Op* op, X86Core c) => Remainder(s, op, c, toNearest: false);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* NearestRemainder(CoreState* s, Op* op, X86Core c) => Remainder(s, op, c, toNearest: true);

    private static Op* Remainder(CoreState* s, Op* op, X86Core c, bool toNearest)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        if (FloatStack.IsEmpty(s, 0) || FloatStack.IsEmpty(s, 1))
        {
            SetComplete(s);
            if (FloatStack.Underflow(s))
                FloatStack.Write(s, 0, Float80.Indefinite);
            return op + 1;
        }

        var context = new X87Context(s->Arch.FloatControl);
        Float80 dividend = *FloatStack.At(s, 0);
        Float80 divisor = *FloatStack.At(s, 1);
        Float80 result = toNearest
            ? X87Remainder.ToNearest(ref context, dividend, divisor, out X87Quotient quotient)
            : X87Remainder.Truncating(ref context, dividend, divisor, out quotient);
        FloatStack.Report(s, context);
        if (result.IsNaN || context.SuppressesResult)
            SetComplete(s);
        else
            FloatStack.SetConditionCodes(s, quotient.StatusBits);
        if (!context.SuppressesResult)
            FloatStack.Write(s, 0, result);
        return op + 1;
    }

    /// <summary>There is no quotient: only C2 is cleared, as processors do it.</summary>
    private static void SetComplete(CoreState* s) => s->Arch.FloatStatus &= unchecked((ushort)~FloatBits.C2);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Extract(CoreState* s, Op* op, X86Core c)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        if (!FloatTranscendentals.CanReplaceAndPush(s))
            return op + 1;
        var context = new X87Context(s->Arch.FloatControl);
        Float80 exponent = X87Arithmetic.Extract(ref context, *FloatStack.At(s, 0), out Float80 significand);
        FloatStack.Report(s, context);
        if (!context.SuppressesResult)
        {
            FloatStack.Write(s, 0, exponent);
            FloatStack.Push(s, significand);
        }

        return op + 1;
    }
}
