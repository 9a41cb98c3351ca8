namespace Dominion.Cpu.X86;

/// <summary>Takes an extension's additions to one core.</summary>
internal sealed class ExtensionRegistry : IX86ExtensionRegistry
{
    private readonly X86Core _core;

    public ExtensionRegistry(X86Core core)
    {
        _core = core;
    }

    /// <summary>The ranges of MSRs.</summary>
    public List<(uint First, uint Last)> Msrs { get; } = [];

    public void AddInstruction(string mnemonic, uint number) => _core.AddExtensionInstruction(mnemonic.ToUpperInvariant(), number);

    public void AddMsrs(uint first, uint last) => Msrs.Add((first, last));

    public void AddCpuid(uint leaf, uint subleaf, X86CpuidResult bits) => _core.Cpuid.Add(leaf, subleaf, bits);

    public void PermitCr4(ulong bits) => _core.Controls86.PermitCr4(bits);

    public void PermitEfer(ulong bits) => _core.Controls86.PermitEfer(bits);
}
