using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Operations;

/// <summary>FSCALE: ST(0) is scaled by ST(1).</summary>
internal readonly struct ScaleFloat : IFloatBinary
{
    public static Float80 Do(ref X87Context context, Float80 destination, Float80 source) =>
        X87Arithmetic.Scale(ref context, destination, source);
}
