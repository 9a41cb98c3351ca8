using System.Runtime.CompilerServices;

namespace Dominion.Cpu.X86;

/// <summary>Four page-directory-pointer entries.</summary>
[InlineArray(4)]
public struct X86PdpteRegisters
{
    private ulong _element;
}
