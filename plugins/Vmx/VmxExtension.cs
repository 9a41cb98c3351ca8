using Dominion.Cpu;
using Dominion.Plugins;

namespace Dominion.Vmx;

/// <summary>The extension <c>vmx</c>: VT-x for the guest's own hypervisor. This build has the name and refuses its use.</summary>
[Extension("vmx", Summary = "Intel VT-x (not available in this build)")]
public sealed class VmxExtension : ICpuExtensionFactory
{
    /// <inheritdoc/>
    public string Architecture => "x86";

    /// <inheritdoc/>
    public string? Unavailable => "this build has no VMX instructions and no VMCS yet; a guest that needs VT-x cannot run";
}
