using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>A fused multiplication and addition on whole registers.</summary>
internal interface IFusedShape
{
    /// <summary>Computes the new destination, assuming that all exceptions are masked.</summary>
    /// <param name="a">The multiplicand.</param>
    /// <param name="b">The multiplier.</param>
    /// <param name="c">What is added to the product.</param>
    /// <param name="destination">The destination's old value, of which scalar operations keep the rest.</param>
    /// <param name="mxcsr">MXCSR, for its control fields.</param>
    /// <param name="raised">Receives the exceptions of all elements.</param>
    static abstract Vector128<byte> Do(
        Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Vector128<byte> destination, uint mxcsr, ref FloatExceptions raised);
}
