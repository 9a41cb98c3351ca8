using System.Runtime.CompilerServices;

namespace Dominion.Cpu.X86;

/// <summary>Four breakpoint addresses.</summary>
[InlineArray(4)]
public struct X86DebugAddresses
{
    private ulong _element;
}
