namespace Dominion.Cpu.X86;

/// <summary>Takes what an extension adds to a core. Frozen before the first instruction.</summary>
public interface IX86ExtensionRegistry
{
    /// <summary>Adds an instruction that the core otherwise refuses with #UD. Executing it raises <see cref="X86Intercept.ExtensionInstruction"/>, always, with the number as operand.</summary>
    /// <param name="mnemonic">The mnemonic in upper case, such as <c>VMLAUNCH</c>.</param>
    /// <param name="number">The number that the extension knows it by.</param>
    void AddInstruction(string mnemonic, uint number);

    /// <summary>Adds a range of MSRs.</summary>
    /// <param name="first">The first MSR.</param>
    /// <param name="last">The last MSR.</param>
    void AddMsrs(uint first, uint last);

    /// <summary>Sets bits of a CPUID leaf.</summary>
    /// <param name="leaf">EAX.</param>
    /// <param name="subleaf">ECX.</param>
    /// <param name="bits">What is set beside the model's own.</param>
    void AddCpuid(uint leaf, uint subleaf, X86CpuidResult bits);

    /// <summary>Permits bits of CR4 that the core otherwise reserves.</summary>
    /// <param name="bits">The bits.</param>
    void PermitCr4(ulong bits);

    /// <summary>Permits bits of EFER that the core otherwise reserves.</summary>
    /// <param name="bits">The bits.</param>
    void PermitEfer(ulong bits);
}
