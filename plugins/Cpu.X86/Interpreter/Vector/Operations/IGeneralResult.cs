using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>An operation whose result goes to a general-purpose register.</summary>
internal interface IGeneralResult
{
    /// <summary>Computes the whole register.</summary>
    /// <param name="b">The source.</param>
    /// <param name="mxcsr">MXCSR, for its control fields.</param>
    /// <param name="raised">Receives the exceptions.</param>
    static abstract ulong Do(Vector128<byte> b, uint mxcsr, ref FloatExceptions raised);
}
