using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Transcendental;

namespace Dominion.Cpu.X86.Interpreter.Float.Operations;

/// <summary>F2XM1.</summary>
internal readonly struct ExponentialFloat : IFloatUnary
{
    public static Float80 Do(ref X87Context context, Float80 value) =>
        X87Exponential.PowerOfTwoLessOne(ref context, value);
}
