using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.Tests.Platform;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.FloatingPoint;

public sealed class X87ComparisonTests
{
    private delegate FloatRelation Comparison(ref X87Context context, Float80 top, Float80 next);

    [HostFact]
    public void CompareIsTheHosts() => Check("fcom", c => c.fcom(st0, st1), X87Comparison.Compare);

    [HostFact]
    public void CompareUnorderedIsTheHosts() => Check("fucom", c => c.fucom(st0, st1), X87Comparison.CompareUnordered);

    [HostFact]
    public void TestIsTheHosts() => Check(
        "ftst", c => c.ftst(),
        (ref X87Context context, Float80 top, Float80 _) => X87Comparison.Compare(ref context, top, Float80.Zero(false)));

    /// <summary>FXAM reports a class and the sign, and raises nothing.</summary>
    [HostFact]
    public void ClassIsTheHosts()
    {
        using HostX87 host = new(c => c.fxam(), 1);
        foreach (Float80 operand in Operands.Grid)
        {
            HostX87Result expected = host.Run(0x037F, operand, default);
            Assert.Equal((operand, expected.Relation, expected.C1), (operand, (int)operand.Classify(), operand.Sign));
        }
    }

    [HostFact]
    public void ClassOfAnEmptyRegisterIsTheHosts()
    {
        using HostX87 host = new(c => c.fxam(), 0);
        Assert.Equal((int)Float80Class.Empty, host.Run(0x037F, default, default).Relation);
    }

    private static void Check(string name, Action<Assembler> emit, Comparison operation)
    {
        using HostX87 host = new(emit);
        int seed = Environment.TickCount;
        Random random = new(seed);
        foreach (Float80 top in Operands.Edges)
        {
            foreach (Float80 next in Operands.Edges)
            {
                CheckOne(name, host, 0x037F, top, next, operation);
                CheckOne(name, host, 0x0340, top, next, operation);
            }
        }

        for (int i = 0; i < X87Oracle.RandomCases; i++)
        {
            Float80 top = Operands.Random(random);
            Float80 next = random.Next(8) == 0
                ? new Float80(top.Significand ^ (1UL << random.Next(64)), top.SignExponent)
                : Operands.Random(random, top.BiasedExponent);
            CheckOne($"{name} (seed {seed})", host, Operands.RandomControlWord(random), top, next, operation);
        }
    }

    private static void CheckOne(string name, HostX87 host, ushort control, Float80 top, Float80 next, Comparison operation)
    {
        X87Context context = new(control);
        FloatRelation relation = operation(ref context, top, next);
        int codes = (int)relation;
        HostX87Result expected = host.Run(control, top, next);
        if (expected.Relation == codes && X87Oracle.StatusAgrees(in context, in expected))
            return;
        Assert.Fail(
            $"{name} FCW {control:X4} ST(0) {top} ST(1) {next}: host {expected.Relation:B3} {expected.Exceptions}, "
            + $"here {codes:B3} {context.Raised}");
    }
}
