using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Operations;

/// <summary>FMUL, FMULP, FIMUL.</summary>
internal readonly struct MultiplyFloat : IFloatBinary
{
    public static Float80 Do(ref X87Context context, Float80 destination, Float80 source) =>
        X87Arithmetic.Multiply(ref context, destination, source);
}
