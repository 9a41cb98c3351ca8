using Dominion.Cpu.X86.FloatingPoint;
using Iced.Intel;

namespace Dominion.Cpu.X86.Tests.FloatingPoint;

/// <summary>Runs an operation here and on the host, and fails on the first difference.</summary>
internal static class X87Oracle
{
    public const int RandomCases = 150_000;

    /// <summary>An instruction on ST(0), with every control word on the grid of operands and with random ones.</summary>
    public static void Check(string name, Action<Assembler> emit, X87Unary operation)
    {
        using HostX87 host = new(emit, 1);
        foreach (Float80 operand in Operands.Grid)
        {
            foreach (ushort control in Operands.ControlWords)
                CheckOne(name, host, control, operand, default, (ref X87Context c, Float80 top, Float80 _) => operation(ref c, top));
        }

        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int i = 0; i < RandomCases; i++)
        {
            CheckOne(
                $"{name} (seed {seed})", host, Operands.RandomControlWord(random), Operands.Random(random), default,
                (ref X87Context c, Float80 top, Float80 _) => operation(ref c, top));
        }
    }

    /// <summary>An instruction on ST(0) and ST(1), with every control word on all pairs of edges and with random pairs.</summary>
    public static void Check(string name, Action<Assembler> emit, X87Binary operation)
    {
        using HostX87 host = new(emit);
        foreach (Float80 top in Operands.Edges)
        {
            foreach (Float80 next in Operands.Edges)
            {
                foreach (ushort control in Operands.ControlWords)
                    CheckOne(name, host, control, top, next, operation);
            }
        }

        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int i = 0; i < RandomCases; i++)
        {
            Float80 top = Operands.Random(random);
            CheckOne(
                $"{name} (seed {seed})", host, Operands.RandomControlWord(random), top,
                Operands.Random(random, top.BiasedExponent), operation);
        }
    }

    /// <summary>The status word's flags, error summary and C1.</summary>
    public static bool StatusAgrees(in X87Context context, in HostX87Result host) =>
        host.Exceptions == context.Raised && host.IsErrorSummary == (context.Unmasked != 0) && host.C1 == context.RoundedUp;

    private static void CheckOne(string name, HostX87 host, ushort control, Float80 top, Float80 next, X87Binary operation)
    {
        X87Context context = new(control);
        Float80 result = operation(ref context, top, next);
        if (context.SuppressesResult)
            result = top;
        HostX87Result expected = host.Run(control, top, next);
        if (result == expected.Top && StatusAgrees(in context, in expected))
            return;
        Assert.Fail(
            $"{name} FCW {control:X4} ST(0) {top} ST(1) {next}: host {expected.Top} {expected.Exceptions} C1 {expected.C1}, "
            + $"here {result} {context.Raised} C1 {context.RoundedUp}");
    }
}
