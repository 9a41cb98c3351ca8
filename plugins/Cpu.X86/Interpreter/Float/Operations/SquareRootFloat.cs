using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Operations;

/// <summary>FSQRT.</summary>
internal readonly struct SquareRootFloat : IFloatUnary
{
    public static Float80 Do(ref X87Context context, Float80 value) =>
        X87Arithmetic.SquareRoot(ref context, value);
}
