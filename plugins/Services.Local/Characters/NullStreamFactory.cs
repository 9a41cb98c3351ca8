using Dominion.Plugins;

namespace Dominion.Services.Local.Characters;

/// <summary>Makes character streams that lead nowhere.</summary>
[Service("null", Summary = "character stream that leads nowhere")]
public sealed class NullStreamFactory : IServiceFactory
{
    /// <inheritdoc/>
    public Type Contract => typeof(ICharacterStream);

    /// <inheritdoc/>
    public object Create(IServiceContext context, object? options) => new NullCharacterStream();
}
