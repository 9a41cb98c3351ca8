using Dominion.Plugins;

namespace Dominion.FullVirt.Bare;

/// <summary>The options of a <c>bare</c> domain.</summary>
public sealed class BareOptions
{
    /// <summary>The kernel's image. Without one the domain starts at the reset vector in the board's ROM.</summary>
    public FilePath? Kernel { get; set; }

    /// <summary>The initial RAM disk; for Multiboot and PVH the first module.</summary>
    public FilePath? Ramdisk { get; set; }

    /// <summary>The kernel's command line.</summary>
    public string Cmdline { get; set; } = "";

    /// <summary>How the kernel is loaded and entered.</summary>
    public BootProtocol Boot { get; set; }

    /// <summary>More modules, after the RAM disk; Multiboot and PVH only.</summary>
    public IReadOnlyList<BootModuleOptions> Modules { get; set; } = [];

    /// <summary>What a triple fault does.</summary>
    public TripleFaultAction OnTripleFault { get; set; }
}
