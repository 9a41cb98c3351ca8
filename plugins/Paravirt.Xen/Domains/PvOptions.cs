using System.ComponentModel;
using Dominion.Plugins;

namespace Dominion.Paravirt.Xen.Domains;

/// <summary>The options of a <c>pv</c> domain.</summary>
public sealed class PvOptions
{
    /// <summary>The kernel's image: an ELF file or a bzImage with Xen's notes.</summary>
    [RequiredOption]
    [Description("the kernel's image: an ELF file or a bzImage with Xen's notes")]
    public FilePath? Kernel { get; set; }

    /// <summary>The initial RAM disk.</summary>
    [Description("the initial RAM disk")]
    public FilePath? Ramdisk { get; set; }

    /// <summary>The kernel's command line.</summary>
    [Description("the kernel's command line")]
    public string Cmdline { get; set; } = "";
}
