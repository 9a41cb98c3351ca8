using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Operations;

/// <summary>FDIVR, FDIVRP, FIDIVR.</summary>
internal readonly struct DivideFloatReversed : IFloatBinary
{
    public static Float80 Do(ref X87Context context, Float80 destination, Float80 source) =>
        X87Arithmetic.Divide(ref context, source, destination);
}
