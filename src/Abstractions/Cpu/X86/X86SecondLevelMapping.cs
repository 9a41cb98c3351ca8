namespace Dominion.Cpu.X86;

/// <summary>What a second-level translation found.</summary>
/// <param name="Address">The address in the space that the core's memory contract knows.</param>
/// <param name="CanWrite">Whether writes may be cached; false makes the next write ask again.</param>
/// <param name="CanExecute">Whether fetches are allowed.</param>
public readonly record struct X86SecondLevelMapping(ulong Address, bool CanWrite, bool CanExecute);
