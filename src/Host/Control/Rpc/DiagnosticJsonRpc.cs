using System.Text.Json;
using Dominion.Diagnostics;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Dominion.Host.Control.Rpc;

/// <summary>JSON-RPC whose refusals are diagnostics and whose defects show no stack to the other end.</summary>
internal sealed class DiagnosticJsonRpc(IJsonRpcMessageHandler handler) : JsonRpc(handler)
{
    /// <summary>The error's code for a refusal.</summary>
    internal const int Refused = 1;

    /// <summary>How a refusal's data is written.</summary>
    internal static readonly JsonSerializerOptions ErrorOptions = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <inheritdoc/>
    protected override JsonRpcError.ErrorDetail CreateErrorDetails(JsonRpcRequest request, Exception exception)
    {
        if (exception is not DiagnosticException { Diagnostic: { } refusal })
            return new JsonRpcError.ErrorDetail { Code = JsonRpcErrorCode.InvocationError, Message = $"{exception.GetType().Name}: {exception.Message}" };
        return new JsonRpcError.ErrorDetail
        {
            Code = (JsonRpcErrorCode)Refused,
            Message = refusal.Message,
            Data = JsonSerializer.SerializeToElement(new ControlError(refusal.Id, refusal.Message, refusal.Suggestion, refusal.Location?.File), ErrorOptions),
        };
    }
}
