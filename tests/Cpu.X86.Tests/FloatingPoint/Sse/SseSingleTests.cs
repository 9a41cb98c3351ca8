using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;
using Dominion.Cpu.X86.Tests.Platform;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.FloatingPoint.Sse;

public sealed class SseSingleTests
{
    [HostFact]
    public void AddIsTheHosts() => Check("addss", c => c.addss(xmm0, xmm1), Adapt(SseSingle.Add));

    [HostFact]
    public void SubtractIsTheHosts() => Check("subss", c => c.subss(xmm0, xmm1), Adapt(SseSingle.Subtract));

    [HostFact]
    public void MultiplyIsTheHosts() => Check("mulss", c => c.mulss(xmm0, xmm1), Adapt(SseSingle.Multiply));

    [HostFact]
    public void DivideIsTheHosts() => Check("divss", c => c.divss(xmm0, xmm1), Adapt(SseSingle.Divide));

    [HostFact]
    public void MinimumIsTheHosts() => Check("minss", c => c.minss(xmm0, xmm1), Adapt(SseSingle.Minimum));

    [HostFact]
    public void MaximumIsTheHosts() => Check("maxss", c => c.maxss(xmm0, xmm1), Adapt(SseSingle.Maximum));

    [HostFact]
    public void SquareRootIsTheHosts() => Check(
        "sqrtss", c => c.sqrtss(xmm0, xmm1),
        (ulong _, ulong right, uint mxcsr, ref FloatExceptions raised) => SseSingle.SquareRoot((uint)right, mxcsr, ref raised));

    [HostFact]
    public void ConversionToTheOtherFormatIsTheHosts() => SseOracle.Check(
        "cvtss2sd", FloatFormat.Single, c => c.cvtss2sd(xmm0, xmm1),
        (ulong _, ulong right, uint mxcsr, ref FloatExceptions raised) => SseSingle.ToDouble((uint)right, mxcsr, ref raised),
        resultBits: 64);

    [HostTheory]
    [InlineData(32, false)]
    [InlineData(64, false)]
    [InlineData(32, true)]
    [InlineData(64, true)]
    public void ConversionToIntegersIsTheHosts(int width, bool truncate) => SseOracle.Check(
        $"cvt{(truncate ? "t" : "")}ss2si {width}", FloatFormat.Single,
        c => EmitToInteger(c, width, truncate),
        (ulong _, ulong right, uint mxcsr, ref FloatExceptions raised) => width == 32
            ? (uint)SseSingle.ToInt32((uint)right, truncate, mxcsr, ref raised)
            : (ulong)SseSingle.ToInt64((uint)right, truncate, mxcsr, ref raised),
        resultIsInteger: true, resultBits: width);

    [HostTheory]
    [InlineData(32)]
    [InlineData(64)]
    public void ConversionFromIntegersIsTheHosts(int width) => Check(
        $"cvtsi2ss {width}", c => EmitFromInteger(c, width),
        (ulong _, ulong right, uint mxcsr, ref FloatExceptions raised) =>
            SseSingle.FromInteger(width == 32 ? (int)right : (long)right, mxcsr, ref raised));

    [HostTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(12)]
    public void RoundToIntegerIsTheHosts(int immediate) => Check(
        $"roundss {immediate}", c => c.roundss(xmm0, xmm1, (byte)immediate),
        (ulong _, ulong right, uint mxcsr, ref FloatExceptions raised) =>
            SseSingle.RoundToInteger((uint)right, immediate, mxcsr, ref raised));

    [HostTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void ComparisonIsTheHosts(bool quietIsInvalid) => SseOracle.Check(
        quietIsInvalid ? "comiss" : "ucomiss", FloatFormat.Single,
        c => EmitComparison(c, quietIsInvalid),
        (ulong left, ulong right, uint mxcsr, ref FloatExceptions raised) =>
            (ulong)SseSingle.Compare((uint)left, (uint)right, quietIsInvalid, mxcsr, ref raised),
        resultIsInteger: true, resultBits: 64);

    [HostFact]
    public void PredicatesAreTheHosts()
    {
        for (int i = 0; i < 8; i++)
        {
            int predicate = i;
            Check($"cmpss {predicate}", c => c.cmpss(xmm0, xmm1, (byte)predicate), Comparison(predicate));
        }
    }

    [HostFact(needsAvx: true)]
    public void VexPredicatesAreTheHosts()
    {
        for (int i = 0; i < 32; i++)
        {
            int predicate = i;
            Check($"vcmpss {predicate}", c => c.vcmpss(xmm0, xmm0, xmm1, (byte)predicate), Comparison(predicate));
        }
    }

    private static SseOperation Comparison(int predicate) =>
        (ulong left, ulong right, uint mxcsr, ref FloatExceptions raised) =>
        {
            FloatRelation relation = SseSingle.Compare(
                (uint)left, (uint)right, SseComparison.IsSignaling(predicate), mxcsr, ref raised);
            return SseComparison.IsSatisfied(predicate, relation) ? ulong.MaxValue : 0;
        };

    private static void Check(string name, Action<Assembler> emit, SseOperation operation) =>
        SseOracle.Check(name, FloatFormat.Single, emit, operation);

    private static void EmitToInteger(Assembler c, int width, bool truncate)
    {
        if (truncate)
        {
            if (width == 32)
                c.cvttss2si(eax, xmm1);
            else
                c.cvttss2si(rax, xmm1);
        }
        else if (width == 32)
        {
            c.cvtss2si(eax, xmm1);
        }
        else
        {
            c.cvtss2si(rax, xmm1);
        }
    }

    private static void EmitFromInteger(Assembler c, int width)
    {
        c.movq(rdx, xmm1);
        if (width == 32)
            c.cvtsi2ss(xmm0, edx);
        else
            c.cvtsi2ss(xmm0, rdx);
    }

    /// <summary>Leaves ZF, PF and CF in the bits that <see cref="FloatRelation"/> has them in.</summary>
    private static void EmitComparison(Assembler c, bool quietIsInvalid)
    {
        if (quietIsInvalid)
            c.comiss(xmm0, xmm1);
        else
            c.ucomiss(xmm0, xmm1);
        c.setz(al);
        c.setp(dl);
        c.setc(cl);
        c.movzx(eax, al);
        c.movzx(edx, dl);
        c.movzx(ecx, cl);
        c.lea(eax, __[rdx + rax * 2]);
        c.lea(eax, __[rcx + rax * 2]);
    }

    private static SseOperation Adapt(SingleOperation operation) =>
        (ulong left, ulong right, uint mxcsr, ref FloatExceptions raised) =>
            operation((uint)left, (uint)right, mxcsr, ref raised);

    private delegate uint SingleOperation(uint left, uint right, uint mxcsr, ref FloatExceptions raised);
}
