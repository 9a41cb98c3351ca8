using Dominion.Plugins;

namespace Dominion.Services.Local.Entropy;

/// <summary>The options of <c>entropy</c>.</summary>
public sealed class EntropyOptions
{
    /// <summary>Makes the bytes the same in every run with the same seed, and worthless as secrets. Without it they come from the host's generator.</summary>
    [PrimaryOption]
    public ulong? Seed { get; set; }
}
