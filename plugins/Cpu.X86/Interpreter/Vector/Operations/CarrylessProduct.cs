using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Interpreter.Vector.Ciphers;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>PCLMULQDQ: bit 0 of the immediate byte chooses the destination's quadword, bit 4 the source's.</summary>
internal readonly struct CarrylessProduct : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
        CarrylessMath.Multiply(a.AsUInt64()[immediate & 1], b.AsUInt64()[(immediate >> 4) & 1]);
}
