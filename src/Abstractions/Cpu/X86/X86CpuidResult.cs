namespace Dominion.Cpu.X86;

/// <summary>The registers that CPUID sets.</summary>
/// <param name="Eax">EAX.</param>
/// <param name="Ebx">EBX.</param>
/// <param name="Ecx">ECX.</param>
/// <param name="Edx">EDX.</param>
public readonly record struct X86CpuidResult(uint Eax, uint Ebx, uint Ecx, uint Edx);
