using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.Tests.Platform;
using Iced.Intel;

namespace Dominion.Cpu.X86.Tests.FloatingPoint;

public sealed class X87RemainderTests
{
    private delegate Float80 Remainder(ref X87Context context, Float80 top, Float80 next, out X87Quotient quotient);

    [HostFact]
    public void TruncatingIsTheHosts() => Check("fprem", c => c.fprem(), X87Remainder.Truncating);

    [HostFact]
    public void ToNearestIsTheHosts() => Check("fprem1", c => c.fprem1(), X87Remainder.ToNearest);

    private static void Check(string name, Action<Assembler> emit, Remainder operation)
    {
        using HostX87 host = new(emit);
        foreach (Float80 top in Operands.Edges)
        {
            foreach (Float80 next in Operands.Edges)
            {
                CheckOne(name, host, 0x037F, top, next, operation);
                CheckOne(name, host, 0x0340, top, next, operation);
                CheckOne(name, host, 0x0C7F, top, next, operation);
            }
        }

        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int i = 0; i < X87Oracle.RandomCases; i++)
        {
            Float80 top = Operands.Random(random);
            CheckOne(
                $"{name} (seed {seed})", host, Operands.RandomControlWord(random), top,
                Operands.Random(random, top.BiasedExponent), operation);
        }
    }

    private static void CheckOne(string name, HostX87 host, ushort control, Float80 top, Float80 next, Remainder operation)
    {
        X87Context context = new(control);
        Float80 result = operation(ref context, top, next, out X87Quotient quotient);
        if (context.SuppressesResult)
            result = top;
        HostX87Result expected = host.Run(control, top, next);
        if (result == expected.Top
            && quotient.StatusBits == expected.ConditionCodes
            && context.Raised == expected.Exceptions)
            return;
        Assert.Fail(
            $"{name} FCW {control:X4} ST(0) {top} ST(1) {next}: host {expected.Top} {expected.Status:X4}, "
            + $"here {result} {quotient.StatusBits:X4} {context.Raised}");
    }
}
