using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Transcendental;
using Dominion.Cpu.X86.Tests.Platform;
using Iced.Intel;

namespace Dominion.Cpu.X86.Tests.FloatingPoint.Transcendental;

/// <summary>Special operands and exceptions are the host's; values are within one unit of the last place of the host's, which
/// is what both promise (SDM 1 8.3.10).</summary>
public sealed class X87TranscendentalTests
{
    private const int RandomCases = 30_000;

    private delegate Float80 Operation(
        ref X87Context context, Float80 top, Float80 next, out Float80 pushed, out bool incomplete);

    [HostFact]
    public void PowerOfTwoLessOneIsTheHosts() => Check(
        "f2xm1", 1, 0x3FFE, c => c.f2xm1(), Adapt((ref X87Context c, Float80 top, Float80 _) =>
            X87Exponential.PowerOfTwoLessOne(ref c, top)));

    [HostFact]
    public void LogarithmIsTheHosts() => Check("fyl2x", 2, 0x3FFF, c => c.fyl2x(), Adapt(X87Logarithm.Multiplied));

    [HostFact]
    public void LogarithmPlusOneIsTheHosts() => Check(
        "fyl2xp1", 2, 0x3FFD, c => c.fyl2xp1(), Adapt(X87Logarithm.MultipliedPlusOne));

    [HostFact]
    public void ArctangentIsTheHosts() => Check("fpatan", 2, 0x3FFF, c => c.fpatan(), Adapt(X87Arctangent.Angle));

    [HostFact]
    public void SineIsTheHosts() => Check("fsin", 1, 0x4000, c => c.fsin(), Sine);

    [HostFact]
    public void CosineIsTheHosts() => Check("fcos", 1, 0x4000, c => c.fcos(), Cosine);

    [HostFact]
    public void SineAndCosineAreTheHosts() => Check("fsincos", 1, 0x4000, c => c.fsincos(), SineCosine);

    [HostFact]
    public void TangentIsTheHosts() => Check("fptan", 1, 0x4000, c => c.fptan(), Tangent);

    private static Float80 Sine(ref X87Context context, Float80 top, Float80 next, out Float80 pushed, out bool incomplete)
    {
        pushed = default;
        incomplete = !X87Trigonometry.Sine(ref context, top, out Float80 result);
        return result;
    }

    private static Float80 Cosine(ref X87Context context, Float80 top, Float80 next, out Float80 pushed, out bool incomplete)
    {
        pushed = default;
        incomplete = !X87Trigonometry.Cosine(ref context, top, out Float80 result);
        return result;
    }

    private static Float80 SineCosine(ref X87Context context, Float80 top, Float80 next, out Float80 pushed, out bool incomplete)
    {
        incomplete = !X87Trigonometry.SineCosine(ref context, top, out Float80 sine, out pushed);
        return sine;
    }

    private static Float80 Tangent(ref X87Context context, Float80 top, Float80 next, out Float80 pushed, out bool incomplete)
    {
        incomplete = !X87Trigonometry.Tangent(ref context, top, out Float80 result, out pushed);
        return result;
    }

    private static Operation Adapt(X87Binary operation) =>
        (ref X87Context context, Float80 top, Float80 next, out Float80 pushed, out bool incomplete) =>
        {
            pushed = default;
            incomplete = false;
            return operation(ref context, top, next);
        };

    private static void Check(string name, int operands, int near, Action<Assembler> emit, Operation operation)
    {
        using HostX87 host = new(emit, operands);
        Float80[] tops = operands == 1 ? Operands.Grid : Operands.Edges;
        Float80[] nexts = operands == 1 ? [default] : Operands.Edges;
        foreach (Float80 top in tops)
        {
            foreach (Float80 next in nexts)
            {
                foreach (ushort control in (ushort[])[0x037F, 0x007F, 0x0F7F, 0x0340])
                    CheckOne(name, host, operands, control, top, next, operation);
            }
        }

        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int i = 0; i < RandomCases; i++)
        {
            ushort control = (ushort)(0x037F | (random.Next(4) << 10));
            Float80 top = Operands.Random(random, near);
            if (random.Next(2) == 0)
                top = new Float80(top.Sign, near - random.Next(4), top.Significand | Float80.IntegerBit);
            Float80 next = random.Next(2) == 0 ? Operands.Random(random) : Operands.Random(random, top.BiasedExponent);
            CheckOne($"{name} (seed {seed})", host, operands, control, top, next, operation);
        }
    }

    private static void CheckOne(
        string name, HostX87 host, int operands, ushort control, Float80 top, Float80 next, Operation operation)
    {
        X87Context context = new(control);
        Float80 result = operation(ref context, top, next, out Float80 pushed, out bool incomplete);
        HostX87Result expected = host.Run(control, top, next);
        bool isPair = (expected.Tags & 0x3000) != 0x3000 && operands == 1;
        (Float80 first, Float80 second) = isPair ? (expected.Next, expected.Top) : (expected.Top, pushed);
        if (context.SuppressesResult)
        {
            result = top;
            pushed = second;
        }

        bool agrees = IsClose(first, result)
            && (!isPair || IsClose(second, pushed))
            && ExceptionsAgree(first, expected.Exceptions, context.Raised)
            && (expected.Status & 0x400) != 0 == incomplete;
        if (agrees)
            return;
        Assert.Fail(
            $"{name} FCW {control:X4} ST(0) {top} ST(1) {next}: host {first} {second} {expected.Status:X4} {expected.Exceptions}, "
            + $"here {result} {pushed} {context.Raised} C2 {incomplete}");
    }

    /// <summary>A unit of the last place decides whether a result at the edge of the range overflows or underflows.</summary>
    private static bool ExceptionsAgree(Float80 result, FloatExceptions left, FloatExceptions right)
    {
        FloatExceptions difference = left ^ right;
        return difference == FloatExceptions.None
            || (difference == FloatExceptions.Overflow && result.BiasedExponent >= Float80.MaximumExponent - 1)
            || (difference == FloatExceptions.Underflow && result.BiasedExponent <= 1);
    }

    private static bool IsClose(Float80 left, Float80 right)
    {
        if (left == right)
            return true;
        if (left.IsNaN || right.IsNaN || left.Sign != right.Sign)
            return false;
        Int128 Rank(Float80 value) => ((Int128)Math.Max(value.BiasedExponent, 1) << 63) + (value.Significand & ~Float80.IntegerBit)
            + ((long)value.Significand < 0 ? (Int128)1 << 63 : 0);
        return Int128.Abs(Rank(left) - Rank(right)) <= 1;
    }
}
