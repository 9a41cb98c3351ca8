namespace Dominion.FullVirt.Boot;

/// <summary>A kernel's image, parsed and checked, of one boot protocol.</summary>
internal interface IKernelImage
{
    /// <summary>Decides where everything goes. Depends on nothing but its arguments and writes nowhere.</summary>
    /// <param name="environment">What goes with the kernel.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">It does not fit.</exception>
    BootPlan Plan(BootEnvironment environment);
}
