namespace Dominion.Services.Local.Characters;

/// <summary>A character stream that forgets what devices send and types nothing.</summary>
internal sealed class NullCharacterStream : ICharacterStream
{
    /// <inheritdoc/>
    public ICharacterLink Connect(ICharacterReceiver receiver, Action<Action> post) => new OutputLink(null);
}
