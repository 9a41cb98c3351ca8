using System.ComponentModel;
using Dominion.Plugins;

namespace Dominion.FullVirt.Bare;

/// <summary>The options of a <c>bare</c> domain.</summary>
public sealed class BareOptions
{
    /// <summary>The kernel's image. On a board with firmware, the firmware runs first and starts it. Without a kernel the firmware looks for a system itself.</summary>
    [Description("the kernel's image. On a board with firmware, the firmware runs first and starts it. Without a kernel the firmware looks for a system itself")]
    public FilePath? Kernel { get; set; }

    /// <summary>The initial RAM disk; for Multiboot and PVH the first module.</summary>
    [Description("the initial RAM disk; for Multiboot and PVH the first module")]
    public FilePath? Ramdisk { get; set; }

    /// <summary>The kernel's command line.</summary>
    [Description("the kernel's command line")]
    public string Cmdline { get; set; } = "";

    /// <summary>How the kernel is loaded and entered.</summary>
    [Description("how the kernel is loaded and entered")]
    public BootProtocol Boot { get; set; }

    /// <summary>More modules, after the RAM disk; Multiboot and PVH only.</summary>
    [Description("more modules, after the RAM disk; Multiboot and PVH only")]
    public IReadOnlyList<BootModuleOptions> Modules { get; set; } = [];

    /// <summary>What a triple fault does.</summary>
    [Description("what a triple fault does")]
    public TripleFaultAction OnTripleFault { get; set; }
}
