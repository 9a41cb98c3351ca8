using System.Runtime.Intrinsics;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>An operation on 256 bits that moves something across the halves.</summary>
internal interface IWideOperation
{
    /// <summary>Computes the new destination.</summary>
    /// <param name="a">The first source.</param>
    /// <param name="b">The last source; one of 128 bits is the lower half.</param>
    /// <param name="immediate">The immediate byte, where there is one.</param>
    static abstract Vector256<byte> Do(Vector256<byte> a, Vector256<byte> b, int immediate);
}
