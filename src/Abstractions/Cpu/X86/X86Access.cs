using Dominion.Memory;

namespace Dominion.Cpu.X86;

/// <summary>An access for the page walker.</summary>
/// <param name="Kind">Read, write or fetch.</param>
/// <param name="IsUser">A user-mode access (CPL 3 and not implicitly supervisor).</param>
/// <param name="IsImplicit">A supervisor access that the processor makes for itself (descriptor tables, TSS): SMAP applies whatever RFLAGS.AC says.</param>
public readonly record struct X86Access(MemoryAccess Kind, bool IsUser, bool IsImplicit = false);
