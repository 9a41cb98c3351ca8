using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Operations;

/// <summary>FRNDINT.</summary>
internal readonly struct RoundFloat : IFloatUnary
{
    public static Float80 Do(ref X87Context context, Float80 value) =>
        X87Arithmetic.RoundToInteger(ref context, value);
}
