using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;
using Dominion.Cpu.X86.Tests.Platform;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.FloatingPoint.Sse;

public sealed class SseDoubleTests
{
    [HostFact]
    public void AddIsTheHosts() => Check("addsd", c => c.addsd(xmm0, xmm1), SseDouble.Add);

    [HostFact]
    public void SubtractIsTheHosts() => Check("subsd", c => c.subsd(xmm0, xmm1), SseDouble.Subtract);

    [HostFact]
    public void MultiplyIsTheHosts() => Check("mulsd", c => c.mulsd(xmm0, xmm1), SseDouble.Multiply);

    [HostFact]
    public void DivideIsTheHosts() => Check("divsd", c => c.divsd(xmm0, xmm1), SseDouble.Divide);

    [HostFact]
    public void MinimumIsTheHosts() => Check("minsd", c => c.minsd(xmm0, xmm1), SseDouble.Minimum);

    [HostFact]
    public void MaximumIsTheHosts() => Check("maxsd", c => c.maxsd(xmm0, xmm1), SseDouble.Maximum);

    [HostFact]
    public void SquareRootIsTheHosts() => Check(
        "sqrtsd", c => c.sqrtsd(xmm0, xmm1),
        (ulong _, ulong right, uint mxcsr, ref FloatExceptions raised) => SseDouble.SquareRoot(right, mxcsr, ref raised));

    [HostFact]
    public void ConversionToTheOtherFormatIsTheHosts() => SseOracle.Check(
        "cvtsd2ss", FloatFormat.Double, c => c.cvtsd2ss(xmm0, xmm1),
        (ulong _, ulong right, uint mxcsr, ref FloatExceptions raised) => SseDouble.ToSingle(right, mxcsr, ref raised),
        resultBits: 32);

    [HostTheory]
    [InlineData(32, false)]
    [InlineData(64, false)]
    [InlineData(32, true)]
    [InlineData(64, true)]
    public void ConversionToIntegersIsTheHosts(int width, bool truncate) => SseOracle.Check(
        $"cvt{(truncate ? "t" : "")}sd2si {width}", FloatFormat.Double,
        c => EmitToInteger(c, width, truncate),
        (ulong _, ulong right, uint mxcsr, ref FloatExceptions raised) => width == 32
            ? (uint)SseDouble.ToInt32(right, truncate, mxcsr, ref raised)
            : (ulong)SseDouble.ToInt64(right, truncate, mxcsr, ref raised),
        resultIsInteger: true, resultBits: width);

    [HostTheory]
    [InlineData(32)]
    [InlineData(64)]
    public void ConversionFromIntegersIsTheHosts(int width) => Check(
        $"cvtsi2sd {width}", c => EmitFromInteger(c, width),
        (ulong _, ulong right, uint mxcsr, ref FloatExceptions raised) =>
            SseDouble.FromInteger(width == 32 ? (int)right : (long)right, mxcsr, ref raised));

    [HostTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(12)]
    public void RoundToIntegerIsTheHosts(int immediate) => Check(
        $"roundsd {immediate}", c => c.roundsd(xmm0, xmm1, (byte)immediate),
        (ulong _, ulong right, uint mxcsr, ref FloatExceptions raised) =>
            SseDouble.RoundToInteger(right, immediate, mxcsr, ref raised));

    [HostTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void ComparisonIsTheHosts(bool quietIsInvalid) => SseOracle.Check(
        quietIsInvalid ? "comisd" : "ucomisd", FloatFormat.Double,
        c => EmitComparison(c, quietIsInvalid),
        (ulong left, ulong right, uint mxcsr, ref FloatExceptions raised) =>
            (ulong)SseDouble.Compare(left, right, quietIsInvalid, mxcsr, ref raised),
        resultIsInteger: true, resultBits: 64);

    [HostFact]
    public void PredicatesAreTheHosts()
    {
        for (int i = 0; i < 8; i++)
        {
            int predicate = i;
            Check($"cmpsd {predicate}", c => c.cmpsd(xmm0, xmm1, (byte)predicate), Comparison(predicate));
        }
    }

    [HostFact(needsAvx: true)]
    public void VexPredicatesAreTheHosts()
    {
        for (int i = 0; i < 32; i++)
        {
            int predicate = i;
            Check($"vcmpsd {predicate}", c => c.vcmpsd(xmm0, xmm0, xmm1, (byte)predicate), Comparison(predicate));
        }
    }

    private static SseOperation Comparison(int predicate) =>
        (ulong left, ulong right, uint mxcsr, ref FloatExceptions raised) =>
        {
            FloatRelation relation = SseDouble.Compare(
                left, right, SseComparison.IsSignaling(predicate), mxcsr, ref raised);
            return SseComparison.IsSatisfied(predicate, relation) ? ulong.MaxValue : 0;
        };

    private static void Check(string name, Action<Assembler> emit, SseOperation operation) =>
        SseOracle.Check(name, FloatFormat.Double, emit, operation);

    private static void EmitToInteger(Assembler c, int width, bool truncate)
    {
        if (truncate)
        {
            if (width == 32)
                c.cvttsd2si(eax, xmm1);
            else
                c.cvttsd2si(rax, xmm1);
        }
        else if (width == 32)
        {
            c.cvtsd2si(eax, xmm1);
        }
        else
        {
            c.cvtsd2si(rax, xmm1);
        }
    }

    private static void EmitFromInteger(Assembler c, int width)
    {
        c.movq(rdx, xmm1);
        if (width == 32)
            c.cvtsi2sd(xmm0, edx);
        else
            c.cvtsi2sd(xmm0, rdx);
    }

    /// <summary>Leaves ZF, PF and CF in the bits that <see cref="FloatRelation"/> has them in.</summary>
    private static void EmitComparison(Assembler c, bool quietIsInvalid)
    {
        if (quietIsInvalid)
            c.comisd(xmm0, xmm1);
        else
            c.ucomisd(xmm0, xmm1);
        c.setz(al);
        c.setp(dl);
        c.setc(cl);
        c.movzx(eax, al);
        c.movzx(edx, dl);
        c.movzx(ecx, cl);
        c.lea(eax, __[rdx + rax * 2]);
        c.lea(eax, __[rcx + rax * 2]);
    }
}
