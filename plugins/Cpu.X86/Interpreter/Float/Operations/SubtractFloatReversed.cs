using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Operations;

/// <summary>FSUBR, FSUBRP, FISUBR.</summary>
internal readonly struct SubtractFloatReversed : IFloatBinary
{
    public static Float80 Do(ref X87Context context, Float80 destination, Float80 source) =>
        X87Arithmetic.Subtract(ref context, source, destination);
}
