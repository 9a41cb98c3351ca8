using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Operations;

/// <summary>FSUB, FSUBP, FISUB.</summary>
internal readonly struct SubtractFloat : IFloatBinary
{
    public static Float80 Do(ref X87Context context, Float80 destination, Float80 source) =>
        X87Arithmetic.Subtract(ref context, destination, source);
}
