using System.Text.Json;
using Dominion.Diagnostics;
using StreamJsonRpc;

namespace Dominion.Host.Control.Rpc;

/// <summary>One end of a control connection: JSON-RPC 2.0, a message a line. The one place that knows the JSON-RPC library, which is loaded with the first connection.</summary>
internal sealed class ControlRpc : IDisposable
{
    private const string AsyncSuffix = "Async";
    private readonly DiagnosticJsonRpc _rpc;
    private readonly BoundedLineStream? _stream;
    private readonly ThrottledMessageHandler? _handler;

    /// <summary>Makes an end that has not started.</summary>
    /// <param name="stream">The connection; closed with this.</param>
    /// <param name="target">What the other end calls, or null when it calls nothing.</param>
    internal ControlRpc(Stream stream, IMachineControl? target)
    {
        SystemTextJsonFormatter formatter = new();
        formatter.JsonSerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        // Only who is called by strangers must bound what they send.
        if (target is null)
        {
            _rpc = new DiagnosticJsonRpc(new NewLineDelimitedMessageHandler(stream, stream, formatter));
            return;
        }
        _stream = new BoundedLineStream(stream);
        _handler = new ThrottledMessageHandler(_stream, formatter);
        _rpc = new DiagnosticJsonRpc(_handler);
        _rpc.AddLocalRpcTarget(typeof(IMachineControl), target, new JsonRpcTargetOptions { MethodNameTransform = NameOf, DisposeOnDisconnect = false });
    }

    /// <summary>Done when the connection has ended, however it did.</summary>
    internal Task Ended => _rpc.Completion;

    /// <summary>Whether every request that came has its answer sent: all that is sent here are answers.</summary>
    internal bool HasAnswered => _handler is null || _stream!.LinesWritten >= _handler.Requests;

    /// <summary>What the other end offers.</summary>
    internal IMachineControl Attach() => _rpc.Attach<IMachineControl>(new JsonRpcProxyOptions { MethodNameTransform = NameOf });

    /// <summary>Begins to listen.</summary>
    internal void Start() => _rpc.StartListening();

    /// <summary>What the other end refused with, or null when it is no refusal.</summary>
    /// <param name="failed">What a call threw.</param>
    internal static Diagnostic? ToDiagnostic(Exception failed)
    {
        if (failed is not RemoteInvocationException { DeserializedErrorData: ControlError error })
            return null;
        return new Diagnostic(error.Id, DiagnosticSeverity.Error, error.Message, error.File is null ? null : new SourceLocation(error.File, 0, 0), error.Suggestion);
    }

    /// <summary>Whether a call failed because the other end is gone or speaks otherwise.</summary>
    /// <param name="failed">What a call threw.</param>
    internal static bool IsLost(Exception failed) => failed is RemoteRpcException or ConnectionLostException or ObjectDisposedException or IOException;

    /// <inheritdoc/>
    public void Dispose() => _rpc.Dispose();

    private static string NameOf(string method)
    {
        string name = method.EndsWith(AsyncSuffix, StringComparison.Ordinal) ? method[..^AsyncSuffix.Length] : method;
        return JsonNamingPolicy.CamelCase.ConvertName(name);
    }
}
