using System.Runtime.CompilerServices;

namespace Dominion.Cpu.X86;

/// <summary>Sixteen vector registers of 32 bytes.</summary>
[InlineArray(16)]
public struct X86VectorRegisters
{
    private System.Runtime.Intrinsics.Vector256<byte> _element;
}
