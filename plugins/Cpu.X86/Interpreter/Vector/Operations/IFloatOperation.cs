using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>A floating-point operation on whole registers.</summary>
internal interface IFloatOperation
{
    /// <summary>Computes the new destination, assuming that all exceptions are masked.</summary>
    /// <param name="a">The destination's old value, or VEX's first source.</param>
    /// <param name="b">The source; an operand in memory or in a smaller register is extended with zeros.</param>
    /// <param name="immediate">The immediate byte, where there is one.</param>
    /// <param name="mxcsr">MXCSR, for its control fields.</param>
    /// <param name="raised">Receives the exceptions of all elements.</param>
    static abstract Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised);
}
