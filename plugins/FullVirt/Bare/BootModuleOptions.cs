using System.ComponentModel;
using Dominion.Plugins;

namespace Dominion.FullVirt.Bare;

/// <summary>A boot module beside the kernel.</summary>
public sealed class BootModuleOptions
{
    /// <summary>The module's file.</summary>
    [Description("the module's file")]
    [RequiredOption]
    public FilePath Path { get; set; }

    /// <summary>The module's own command line.</summary>
    [Description("the module's own command line")]
    public string Cmdline { get; set; } = "";
}
