using Dominion.Plugins;

namespace Dominion.FullVirt.Bare;

/// <summary>A boot module beside the kernel.</summary>
public sealed class BootModuleOptions
{
    /// <summary>The module's file.</summary>
    [PrimaryOption]
    [RequiredOption]
    public FilePath Path { get; set; }

    /// <summary>The module's own command line.</summary>
    public string Cmdline { get; set; } = "";
}
