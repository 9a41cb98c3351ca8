using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>A comparison whose result is the status flags.</summary>
internal interface IFlagResult
{
    /// <summary>Computes the six status flags, in their places in RFLAGS.</summary>
    /// <param name="a">The first operand.</param>
    /// <param name="b">The second operand.</param>
    /// <param name="mxcsr">MXCSR, for its control fields.</param>
    /// <param name="raised">Receives the exceptions.</param>
    static abstract ulong Do(Vector128<byte> a, Vector128<byte> b, uint mxcsr, ref FloatExceptions raised);
}
