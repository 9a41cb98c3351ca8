using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;

namespace Dominion.Cpu.X86.Tests.FloatingPoint.Sse;

/// <summary>Unmasked exceptions, which the host oracle cannot run: the flags are what a processor (AMD family 1Ah) left in
/// MXCSR when it raised #XM, or without a fault. These need no SSE on the host.</summary>
public sealed class SseControlTests
{
    [Theory]
    [InlineData(0x7F00_0000, 0x4000_0000, 0x0000, 0x08, true)] // overflow, exact but for the range
    [InlineData(0x7F7F_FFFF, 0x4000_0001, 0x0000, 0x28, true)]
    [InlineData(0x7F7F_FFFF, 0x4000_0001, 0x1000, 0x28, true)]
    [InlineData(0x0080_0000, 0x3F00_0000, 0x0000, 0x10, true)] // an exact denormal
    [InlineData(0x0080_0001, 0x3F00_0000, 0x0000, 0x10, true)] // exact but for the range
    [InlineData(0x0080_0001, 0x3F00_0001, 0x1000, 0x30, true)]
    [InlineData(0x0080_0000, 0x3F00_0000, 0x9000, 0x10, true)] // FZ acts on a masked underflow only
    [InlineData(0x0080_0000, 0x3F00_0000, 0x1F80, 0x00, false)]
    [InlineData(0x0000_0001, 0x3F00_0000, 0x0000, 0x02, true)]
    [InlineData(0x0000_0001, 0x3F00_0000, 0x1E80, 0x02, true)]
    [InlineData(0x0000_0001, 0x3F00_0000, 0x1F80, 0x32, false)]
    public void MultiplicationRaises(uint left, uint right, uint mxcsr, uint flags, bool faults) =>
        Check(mxcsr, flags, faults, (uint control, ref FloatExceptions raised) =>
            SseSingle.Multiply(left, right, control, ref raised));

    [Theory]
    [InlineData(0x0000)]
    [InlineData(0x1D80)]
    public void DivisionByZeroHidesADenormalDividend(uint mxcsr) =>
        Check(mxcsr, 0x04, true, (uint control, ref FloatExceptions raised) => SseSingle.Divide(1, 0, control, ref raised));

    [Theory]
    [InlineData(0x0000_0001, 0x02)]
    [InlineData(0x7FC0_0000, 0x01)]
    public void ComparisonRaises(uint left, uint flags) =>
        Check(0, flags, true, (uint control, ref FloatExceptions raised) =>
            (uint)SseSingle.Compare(left, 0x3F80_0000, true, control, ref raised));

    /// <summary>SDM 1 11.5.3: of a packed instruction with an unmasked exception on operands, results report nothing.</summary>
    [Fact]
    public void AnUnmaskedExceptionOnOperandsHidesThoseOfOtherElements()
    {
        uint mxcsr = 0x1F00;
        Assert.True(SseControl.Commit(ref mxcsr, FloatExceptions.Invalid | FloatExceptions.Overflow | FloatExceptions.Precision));
        Assert.Equal(0x1F01u, mxcsr);
    }

    private static void Check(uint mxcsr, uint flags, bool faults, Operation operation)
    {
        FloatExceptions raised = FloatExceptions.None;
        operation(mxcsr, ref raised);
        uint actual = mxcsr;
        Assert.Equal(faults, SseControl.Commit(ref actual, raised));
        Assert.Equal(mxcsr | flags, actual);
    }

    private delegate uint Operation(uint mxcsr, ref FloatExceptions raised);
}
