using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;
using Dominion.Cpu.X86.FloatingPoint.Transcendental;

namespace Dominion.Cpu.X86.Tests.FloatingPoint;

/// <summary>The guest's arithmetic gives the collector nothing to do.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void OperationsAllocateNothing()
    {
        RunAll();
        long before = GC.GetAllocatedBytesForCurrentThread();
        RunAll();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void RunAll()
    {
        ReadOnlySpan<Float80> operands =
        [
            Float80.One, new(0xC90F_DAA2_2168_C235, 0x4000), new(3, 0), Float80.Infinity(true), Float80.Indefinite,
            new(0x8000_0000_0000_0001, 0xBFFD),
        ];
        foreach (Float80 top in operands)
        {
            foreach (Float80 next in operands)
            {
                X87Context context = new(0x037F);
                X87Arithmetic.Add(ref context, top, next);
                X87Arithmetic.Multiply(ref context, top, next);
                X87Arithmetic.Divide(ref context, top, next);
                X87Arithmetic.SquareRoot(ref context, top);
                X87Arithmetic.Scale(ref context, top, next);
                X87Arithmetic.Extract(ref context, top, out _);
                X87Remainder.ToNearest(ref context, top, next, out _);
                X87Integers.ToDecimal(ref context, top, out _);
                X87Logarithm.Multiplied(ref context, top, next);
                X87Logarithm.MultipliedPlusOne(ref context, top, next);
                X87Arctangent.Angle(ref context, top, next);
                X87Trigonometry.Tangent(ref context, top, out _, out _);
                X87Exponential.PowerOfTwoLessOne(ref context, top);
                ulong left = X87Conversions.ToDouble(ref context, top);
                ulong right = X87Conversions.ToDouble(ref context, next);
                foreach (uint mxcsr in (ReadOnlySpan<uint>)[0x1F80, 0x3FA0])
                {
                    FloatExceptions raised = FloatExceptions.None;
                    SseDouble.Add(left, right, mxcsr, ref raised);
                    SseDouble.Multiply(left, right, mxcsr, ref raised);
                    SseDouble.Divide(left, right, mxcsr, ref raised);
                    SseDouble.SquareRoot(left, mxcsr, ref raised);
                    SseDouble.ToInt64(left, false, mxcsr, ref raised);
                    SseDouble.RoundToInteger(left, 0, mxcsr, ref raised);
                    SseDouble.ToSingle(left, mxcsr, ref raised);
                }
            }
        }
    }
}
