namespace Dominion.Services;

/// <summary>A device's connection to a character stream; dispose it to detach.</summary>
public interface ICharacterLink : IDisposable
{
    /// <summary>Sends bytes from the device. Safe from any thread; never blocks for long.</summary>
    /// <param name="bytes">The bytes.</param>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Tells the stream that the device has room again after it took less than it was offered.</summary>
    void Ready();
}
