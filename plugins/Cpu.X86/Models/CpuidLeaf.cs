namespace Dominion.Cpu.X86.Models;

/// <summary>A leaf of a CPU model's file.</summary>
/// <param name="Leaf">EAX.</param>
/// <param name="Subleaf">ECX, or null for every one.</param>
/// <param name="Eax">What EAX becomes.</param>
/// <param name="Ebx">What EBX becomes.</param>
/// <param name="Ecx">What ECX becomes.</param>
/// <param name="Edx">What EDX becomes.</param>
internal sealed record CpuidLeaf(uint Leaf, uint? Subleaf, uint Eax, uint Ebx, uint Ecx, uint Edx);
