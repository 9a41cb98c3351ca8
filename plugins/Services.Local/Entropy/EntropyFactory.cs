using Dominion.Plugins;

namespace Dominion.Services.Local.Entropy;

/// <summary>Makes sources of random bytes.</summary>
[Service("entropy", Options = typeof(EntropyOptions), Summary = "random bytes of the host, or repeatable ones of a seed")]
public sealed class EntropyFactory : IServiceFactory
{
    /// <inheritdoc/>
    public Type Contract => typeof(IEntropySource);

    /// <inheritdoc/>
    public object Create(IServiceContext context, object? options) =>
        (options as EntropyOptions)?.Seed is { } seed ? new SeededEntropy(seed) : new HostEntropy();
}
