using System.ComponentModel;
using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Host.Tests.Composition.TestPlugin;

public sealed record TestDomainOptions
{
    [RequiredOption]
    [Description("The kernel image.")]
    public FilePath Kernel { get; init; }

    public string Cmdline { get; init; } = "quiet";

    public FilePath? RamDisk { get; init; }

    public ServiceReference<ICharacterStream> Console { get; init; } = new("console");
}
