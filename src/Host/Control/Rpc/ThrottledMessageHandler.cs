using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Dominion.Host.Control.Rpc;

/// <summary>Reads no further request while many are unanswered, so that a client that asks and does not listen fills no memory.</summary>
internal sealed class ThrottledMessageHandler(Stream stream, IJsonRpcMessageTextFormatter formatter) : NewLineDelimitedMessageHandler(stream, stream, formatter)
{
    private const int MostUnanswered = 64;
    private long _requests;
    private readonly SemaphoreSlim _slots = new(MostUnanswered);

    /// <summary>How many requests that want an answer have come.</summary>
    internal long Requests => Volatile.Read(ref _requests);

    /// <inheritdoc/>
    protected override async ValueTask<JsonRpcMessage?> ReadCoreAsync(CancellationToken cancellationToken)
    {
        JsonRpcMessage? message = await base.ReadCoreAsync(cancellationToken).ConfigureAwait(false);
        if (message is not JsonRpcRequest { IsResponseExpected: true })
            return message;
        Interlocked.Increment(ref _requests);
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        return message;
    }

    /// <inheritdoc/>
    /// <remarks>The next message is written when this one has gone out, so that a slot becomes free no faster than the client listens.</remarks>
    protected override void Write(JsonRpcMessage content, CancellationToken cancellationToken)
    {
        base.Write(content, cancellationToken);
        if (content is JsonRpcResult or JsonRpcError)
            _slots.Release();
    }
}
