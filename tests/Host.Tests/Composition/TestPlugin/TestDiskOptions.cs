using Dominion.Plugins;

namespace Dominion.Host.Tests.Composition.TestPlugin;

public sealed record TestDiskOptions
{
    [PrimaryOption]
    [RequiredOption]
    public FilePath Path { get; init; }

    public bool Overlay { get; init; }

    [OptionRange(512, 4096)]
    public ByteSize SectorSize { get; init; } = new(512);
}
