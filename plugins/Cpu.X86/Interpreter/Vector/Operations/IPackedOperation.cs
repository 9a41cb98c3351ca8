using System.Runtime.Intrinsics;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>An operation on whole registers that neither reads MXCSR nor raises anything.</summary>
internal interface IPackedOperation
{
    /// <summary>Computes the new destination.</summary>
    /// <param name="a">The destination's old value, or VEX's first source.</param>
    /// <param name="b">The source; an operand in memory or in a smaller register is extended with zeros.</param>
    /// <param name="immediate">The immediate byte, where there is one.</param>
    static abstract Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate);
}
