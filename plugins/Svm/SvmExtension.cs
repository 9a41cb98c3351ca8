using Dominion.Cpu;
using Dominion.Plugins;

namespace Dominion.Svm;

/// <summary>The extension <c>svm</c>: SVM for the guest's own hypervisor. This build has the name and refuses its use.</summary>
[Extension("svm", Summary = "AMD SVM (not available in this build)")]
public sealed class SvmExtension : ICpuExtensionFactory
{
    /// <inheritdoc/>
    public string Architecture => "x86";

    /// <inheritdoc/>
    public string? Unavailable => "this build has no SVM instructions and no VMCB yet; a guest that needs SVM cannot run";
}
