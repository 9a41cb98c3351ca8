using Dominion.Host.Machine.Consoles;

namespace Dominion.Host.Control;

/// <summary>Gathers what a console shows for one reader, who may be slow or gone: what finds no room is dropped, the domain is never held up.</summary>
internal sealed class ConsoleFollower : IConsoleOutput
{
    private const int Limit = 1 << 20;

    // A leaf.
    private readonly Lock _gate = new();
    private readonly MemoryStream _shown = new();
    private TaskCompletionSource<bool> _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            int room = Limit - (int)_shown.Length;
            _shown.Write(bytes[..Math.Min(bytes.Length, room)]);
            _more.TrySetResult(true);
        }
    }

    /// <summary>Waits until something was shown.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    internal Task<bool> WaitAsync(CancellationToken cancellation)
    {
        lock (_gate)
            return _more.Task.WaitAsync(cancellation);
    }

    /// <summary>Takes what was shown since the last time.</summary>
    /// <returns>The bytes, or null when there are none.</returns>
    internal byte[]? TryTake()
    {
        lock (_gate)
        {
            if (_shown.Length == 0)
                return null;
            byte[] shown = _shown.ToArray();
            _shown.SetLength(0);
            _more = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return shown;
        }
    }
}
