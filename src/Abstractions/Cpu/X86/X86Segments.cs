using System.Runtime.CompilerServices;

namespace Dominion.Cpu.X86;

/// <summary>Eight segment registers.</summary>
[InlineArray(8)]
public struct X86Segments
{
    private X86Segment _element;
}
