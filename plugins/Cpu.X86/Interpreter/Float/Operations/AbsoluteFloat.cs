using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Operations;

/// <summary>FABS.</summary>
internal readonly struct AbsoluteFloat : IFloatUnary
{
    public static Float80 Do(ref X87Context context, Float80 value) =>
        value.Absolute();
}
