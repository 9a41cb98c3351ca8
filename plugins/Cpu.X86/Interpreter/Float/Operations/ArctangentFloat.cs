using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Transcendental;

namespace Dominion.Cpu.X86.Interpreter.Float.Operations;

/// <summary>FPATAN: ST(0) is x, ST(1) is y and the destination.</summary>
internal readonly struct ArctangentFloat : IFloatBinary
{
    public static Float80 Do(ref X87Context context, Float80 destination, Float80 source) =>
        X87Arctangent.Angle(ref context, source, destination);
}
