using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.Tests.Platform;

namespace Dominion.Cpu.X86.Tests.FloatingPoint;

public sealed class X87ExtractTests
{
    [HostFact]
    public void ExtractIsTheHosts()
    {
        using HostX87 host = new(c => c.fxtract(), 1);
        int seed = Environment.TickCount;
        Random random = new(seed);
        IEnumerable<Float80> operands =
            Operands.Grid.Concat(Enumerable.Range(0, X87Oracle.RandomCases).Select(_ => Operands.Random(random)));
        foreach (Float80 operand in operands)
        {
            ushort control = Operands.RandomControlWord(random);
            X87Context context = new(control);
            Float80 exponent = X87Arithmetic.Extract(ref context, operand, out Float80 significand);
            HostX87Result expected = host.Run(control, operand, default);
            bool agrees = X87Oracle.StatusAgrees(in context, in expected)
                && (context.SuppressesResult
                    ? expected.Top == operand
                    : expected.Top == significand && expected.Next == exponent);
            if (!agrees)
            {
                Assert.Fail(
                    $"fxtract (seed {seed}) FCW {control:X4} {operand}: host {expected.Next} {expected.Top} {expected.Exceptions}, "
                    + $"here {exponent} {significand} {context.Raised}");
            }
        }
    }
}
