using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Operations;

/// <summary>FADD, FADDP, FIADD.</summary>
internal readonly struct AddFloat : IFloatBinary
{
    public static Float80 Do(ref X87Context context, Float80 destination, Float80 source) =>
        X87Arithmetic.Add(ref context, destination, source);
}
