using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Transcendental;
using Dominion.Cpu.X86.Interpreter.Float.Operations;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>FSIN, FCOS, FSINCOS, FPTAN, FPATAN, F2XM1, FYL2X, FYL2XP1.</summary>
internal static unsafe class FloatTranscendentals
{
    public static void Register(LoweringTable table)
    {
        table.Add(&FloatArithmetic.Unary<ExponentialFloat>, Mnemonic.F2xm1);
        table.Add(&ReplaceNext<ArctangentFloat>, Mnemonic.Fpatan);
        table.Add(&ReplaceNext<LogarithmFloat>, Mnemonic.Fyl2x);
        table.Add(&ReplaceNext<LogarithmPlusOneFloat>, Mnemonic.Fyl2xp1);
        table.Add(&Trigonometry, Mnemonic.Fsin, Mnemonic.Fcos, Mnemonic.Fsincos, Mnemonic.Fptan);
    }

    /// <summary>Checks the stack for an instruction that replaces ST(0) and pushes one value more, and answers a stack fault.</summary>
    public static bool CanReplaceAndPush(CoreState* s)
    {
        bool empty = FloatStack.IsEmpty(s, 0);
        if (!empty && FloatStack.IsEmpty(s, -1))
            return true;
        if (empty ? FloatStack.Underflow(s) : FloatStack.Overflow(s))
        {
            FloatStack.Write(s, 0, Float80.Indefinite);
            FloatStack.Push(s, Float80.Indefinite);
        }

        return false;
    }

    private static bool ReplaceNext<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IFloatBinary
    {
        FloatLowering.UseStack(ref l, 1, 0, 1);
        return l.Use(&FloatArithmeticHandlers<TOperation>.Stack);
    }

    private static bool Trigonometry(in Instruction i, ref Lowering l)
    {
        FloatLowering.UseOpcode(ref l);
        return l.Use(i.Mnemonic switch
        {
            Mnemonic.Fsin => &Sine,
            Mnemonic.Fcos => &Cosine,
            Mnemonic.Fsincos => &SineCosine,
            _ => &Tangent,
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Sine(CoreState* s, Op* op, X86Core c) => SineOrCosine(s, op, c, cosine: false);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Cosine(CoreState* s, Op* op, X86Core c) => SineOrCosine(s, op, c, cosine: true);

    private static Op* SineOrCosine(CoreState* s, Op* op, X86Core c, bool cosine)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        if (FloatStack.IsEmpty(s, 0))
        {
            SetInRange(s, true);
            if (FloatStack.Underflow(s))
                FloatStack.Write(s, 0, Float80.Indefinite);
            return op + 1;
        }

        var context = new X87Context(s->Arch.FloatControl);
        Float80 operand = *FloatStack.At(s, 0);
        bool inRange = cosine
            ? X87Trigonometry.Cosine(ref context, operand, out Float80 result)
            : X87Trigonometry.Sine(ref context, operand, out result);
        FloatStack.Report(s, context);
        if (SetInRange(s, inRange) && !context.SuppressesResult)
            FloatStack.Write(s, 0, result);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* SineCosine(CoreState* s, Op* op, X86Core c) => ReplaceAndPush(s, op, c, tangent: false);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Tangent(CoreState* s, Op* op, X86Core c) => ReplaceAndPush(s, op, c, tangent: true);

    private static Op* ReplaceAndPush(CoreState* s, Op* op, X86Core c, bool tangent)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        if (!CanReplaceAndPush(s))
        {
            SetInRange(s, true);
            return op + 1;
        }

        var context = new X87Context(s->Arch.FloatControl);
        Float80 operand = *FloatStack.At(s, 0);
        bool inRange = tangent
            ? X87Trigonometry.Tangent(ref context, operand, out Float80 result, out Float80 pushed)
            : X87Trigonometry.SineCosine(ref context, operand, out result, out pushed);
        FloatStack.Report(s, context);
        if (SetInRange(s, inRange) && !context.SuppressesResult)
        {
            FloatStack.Write(s, 0, result);
            FloatStack.Push(s, pushed);
        }

        return op + 1;
    }

    /// <summary>C2 says that the operand was out of range (SDM volume 1, 8.3.8); after a stack fault it is clear.</summary>
    private static bool SetInRange(CoreState* s, bool inRange)
    {
        if (inRange)
            s->Arch.FloatStatus &= unchecked((ushort)~FloatBits.C2);
        else
            s->Arch.FloatStatus |= FloatBits.C2;
        return inRange;
    }
}
