namespace Dominion.Cpu.X86;

/// <summary>A virtualization extension of x86 cores, such as VT-x or SVM.</summary>
public interface IX86Extension : ICpuExtensionFactory
{
    /// <summary>Adds instructions, MSRs, CPUID leaves and permitted control-register bits. Called once for each core, before its first instruction.</summary>
    /// <param name="registry">Takes the additions.</param>
    void Configure(IX86ExtensionRegistry registry);

    /// <summary>Makes the extension's per-vCPU part.</summary>
    /// <param name="core">The core.</param>
    /// <returns>The unit; the core saves and restores it with itself.</returns>
    IX86ExtensionUnit Attach(IX86Core core);
}
