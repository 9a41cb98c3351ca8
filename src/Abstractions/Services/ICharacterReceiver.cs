namespace Dominion.Services;

/// <summary>The device's side of a character stream.</summary>
public interface ICharacterReceiver
{
    /// <summary>Takes bytes, as many as there is room for. The stream keeps the rest until <see cref="ICharacterLink.Ready"/>.</summary>
    /// <param name="bytes">What was typed.</param>
    /// <returns>How many bytes were taken.</returns>
    int Receive(ReadOnlySpan<byte> bytes);
}
