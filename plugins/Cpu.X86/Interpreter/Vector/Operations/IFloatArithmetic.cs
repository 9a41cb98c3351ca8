using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>Arithmetic on elements of both floating-point formats.</summary>
internal interface IFloatArithmetic
{
    /// <summary>Whether zeros, as operands and as a result, are decided by the host's arithmetic like ordinary numbers.</summary>
    static abstract bool TakesZeros { get; }

    /// <summary>One single-precision element by the full rules.</summary>
    static abstract uint Do(uint a, uint b, uint mxcsr, ref FloatExceptions raised);

    /// <summary>One double-precision element by the full rules.</summary>
    static abstract ulong Do(ulong a, ulong b, uint mxcsr, ref FloatExceptions raised);

    /// <summary>Four elements as the host computes them, rounded to nearest.</summary>
    static abstract Vector128<float> Host(Vector128<float> a, Vector128<float> b);

    /// <summary>Two elements as the host computes them, rounded to nearest.</summary>
    static abstract Vector128<double> Host(Vector128<double> a, Vector128<double> b);
}
