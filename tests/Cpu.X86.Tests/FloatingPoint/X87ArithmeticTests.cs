using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.Tests.Platform;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.FloatingPoint;

public sealed class X87ArithmeticTests
{
    [HostFact]
    public void AddIsTheHosts() => X87Oracle.Check("fadd", c => c.fadd(st0, st1), X87Arithmetic.Add);

    [HostFact]
    public void SubtractIsTheHosts() => X87Oracle.Check("fsub", c => c.fsub(st0, st1), X87Arithmetic.Subtract);

    [HostFact]
    public void MultiplyIsTheHosts() => X87Oracle.Check("fmul", c => c.fmul(st0, st1), X87Arithmetic.Multiply);

    [HostFact]
    public void DivideIsTheHosts() => X87Oracle.Check("fdiv", c => c.fdiv(st0, st1), X87Arithmetic.Divide);

    [HostFact]
    public void SquareRootIsTheHosts() => X87Oracle.Check("fsqrt", c => c.fsqrt(), X87Arithmetic.SquareRoot);

    [HostFact]
    public void RoundToIntegerIsTheHosts() => X87Oracle.Check("frndint", c => c.frndint(), X87Arithmetic.RoundToInteger);

    [HostFact]
    public void ScaleIsTheHosts() => X87Oracle.Check("fscale", c => c.fscale(), X87Arithmetic.Scale);
}
