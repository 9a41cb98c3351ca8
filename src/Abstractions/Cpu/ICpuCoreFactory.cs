namespace Dominion.Cpu;

/// <summary>Makes cores; exported with <see cref="Plugins.CpuCoreAttribute"/>.</summary>
public interface ICpuCoreFactory
{
    /// <summary>The names of the CPU models that there are; the first is the one that a manifest gets when it names none.</summary>
    IReadOnlyList<string> Models { get; }

    /// <summary>The names of the engines that there are, <c>auto</c> not among them.</summary>
    IReadOnlyList<string> Engines { get; }

    /// <summary>The names of the features that a manifest may add or take away, beside the extensions.</summary>
    IReadOnlyList<string> Features { get; }

    /// <summary>Makes one core, in the state after power-on.</summary>
    /// <param name="context">What it is made from.</param>
    /// <returns>The core.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">The model, the engine or a feature is not known, or they do not fit each other.</exception>
    ICpuCore Create(CpuCoreContext context);
}
