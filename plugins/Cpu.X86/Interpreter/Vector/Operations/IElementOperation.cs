using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>A floating-point operation on one element, for which the host's arithmetic does not stand in.</summary>
internal interface IElementOperation
{
    /// <summary>One single-precision element.</summary>
    static abstract uint Do(uint a, uint b, int immediate, uint mxcsr, ref FloatExceptions raised);

    /// <summary>One double-precision element.</summary>
    static abstract ulong Do(ulong a, ulong b, int immediate, uint mxcsr, ref FloatExceptions raised);
}
