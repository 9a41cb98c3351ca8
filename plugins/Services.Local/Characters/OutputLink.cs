namespace Dominion.Services.Local.Characters;

/// <summary>A device's connection to a stream that takes and never types.</summary>
internal sealed class OutputLink : ICharacterLink
{
    private FileCharacterStream? _stream;

    /// <summary>Makes a connection.</summary>
    /// <param name="stream">Takes the bytes, or null when nobody does.</param>
    public OutputLink(FileCharacterStream? stream)
    {
        _stream = stream;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes) => _stream?.Append(bytes);

    /// <inheritdoc/>
    public void Ready()
    {
        // Nothing is ever typed, so nothing waits.
    }

    /// <inheritdoc/>
    public void Dispose() => _stream = null;
}
