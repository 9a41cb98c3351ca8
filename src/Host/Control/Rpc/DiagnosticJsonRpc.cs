using Dominion.Diagnostics;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Dominion.Host.Control.Rpc;

/// <summary>JSON-RPC whose refusals are diagnostics and whose defects show no stack to the other end.</summary>
internal sealed class DiagnosticJsonRpc(IJsonRpcMessageHandler handler) : JsonRpc(handler)
{
    /// <summary>The error's code for a refusal.</summary>
    internal const int Refused = 1;

    /// <inheritdoc/>
    protected override Type? GetErrorDetailsDataType(JsonRpcError error) =>
        error.Error?.Code == (JsonRpcErrorCode)Refused ? typeof(ControlError) : base.GetErrorDetailsDataType(error);

    /// <inheritdoc/>
    protected override JsonRpcError.ErrorDetail CreateErrorDetails(JsonRpcRequest request, Exception exception)
    {
        if (exception is not DiagnosticException { Diagnostic: { } refusal })
            return new JsonRpcError.ErrorDetail { Code = JsonRpcErrorCode.InvocationError, Message = $"{exception.GetType().Name}: {exception.Message}" };
        return new JsonRpcError.ErrorDetail
        {
            Code = (JsonRpcErrorCode)Refused,
            Message = refusal.Message,
            Data = new ControlError(refusal.Id, refusal.Message, refusal.Suggestion, refusal.Location?.File),
        };
    }
}
