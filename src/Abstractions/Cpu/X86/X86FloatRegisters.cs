using System.Runtime.CompilerServices;

namespace Dominion.Cpu.X86;

/// <summary>Eight x87 registers of 16 bytes.</summary>
[InlineArray(8)]
public struct X86FloatRegisters
{
    private UInt128 _element;
}
