namespace Dominion.Cpu.X86;

/// <summary>How a kernel is entered: 32-bit protected mode with flat segments, paging and interrupts off. What is not named here is 0.</summary>
/// <param name="Eip">The physical address of the first instruction.</param>
/// <param name="Eax">EAX.</param>
/// <param name="Ebx">EBX.</param>
/// <param name="Esi">ESI.</param>
/// <param name="DescriptorTable">The physical address of a global descriptor table of five entries: code at selector 0x10, data at 0x18, a busy 32-bit task-state segment at 0x20.</param>
public readonly record struct X86KernelEntry(uint Eip, uint Eax, uint Ebx, uint Esi, uint DescriptorTable);
