using System.Runtime.CompilerServices;

namespace Dominion.Cpu.X86;

/// <summary>Sixteen general-purpose registers.</summary>
[InlineArray(16)]
public struct X86GeneralRegisters
{
    private ulong _element;
}
