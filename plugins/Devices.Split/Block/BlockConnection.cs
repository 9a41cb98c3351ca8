namespace Dominion.Devices.Split.Block;

/// <summary>A connected frontend's queues.</summary>
/// <param name="buffer">The frontend's memory.</param>
internal sealed class BlockConnection(GuestBuffer buffer) : IDisposable
{
    private readonly List<BlockQueue> _queues = [];

    /// <summary>Adds a queue.</summary>
    public void Add(BlockQueue queue) => _queues.Add(queue);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (BlockQueue queue in _queues)
            queue.Dispose();
        buffer.Dispose();
    }
}
