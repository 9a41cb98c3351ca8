using Dominion.Diagnostics;

namespace Dominion.Services.Local.Characters;

/// <summary>A character stream that keeps what devices send in a file and types nothing.</summary>
internal sealed class FileCharacterStream : ICharacterStream, IDisposable
{
    private readonly FileStream _file;
    private readonly ILog _log;

    // Guards the file. Nothing is called under it but the file.
    private readonly Lock _lock = new();
    private bool _isBroken;

    /// <summary>Makes a stream into an open file.</summary>
    /// <param name="file">The file; the stream closes it.</param>
    /// <param name="log">Takes the host's failures.</param>
    public FileCharacterStream(FileStream file, ILog log)
    {
        _file = file;
        _log = log;
    }

    /// <inheritdoc/>
    public ICharacterLink Connect(ICharacterReceiver receiver, Action<Action> post) => new OutputLink(this);

    /// <summary>Appends to the file; whole lines reach the host at once. After a failure, which is logged, nothing more is written.</summary>
    /// <param name="bytes">The bytes.</param>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (_isBroken)
                return;
            try
            {
                _file.Write(bytes);
                if (bytes.Contains((byte)'\n'))
                    _file.Flush();
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException)
            {
                Break(error);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            try
            {
                _file.Dispose();
            }
            catch (IOException error)
            {
                Break(error);
            }

            _isBroken = true;
        }
    }

    private void Break(Exception error)
    {
        _isBroken = true;
        _log.Write(LogSeverity.Error, $"cannot write '{_file.Name}', what follows is lost: {error.Message}");
    }
}
