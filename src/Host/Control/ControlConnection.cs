using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Dominion.Diagnostics;
using Dominion.Host.Control.Rpc;

namespace Dominion.Host.Control;

/// <summary>A connection to the socket of a running machine.</summary>
public sealed class ControlConnection : IDisposable
{
    private readonly string _name;
    private readonly ControlRpc _rpc;

    private ControlConnection(string name, Stream stream)
    {
        _name = name;
        _rpc = new ControlRpc(stream, null);
        Control = _rpc.Attach();
        _rpc.Start();
    }

    /// <summary>The machine.</summary>
    public IMachineControl Control { get; }

    /// <summary>Connects to a machine.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="DiagnosticException">No such machine runs.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<ControlConnection> OpenAsync(string name, CancellationToken cancellation = default)
    {
        Socket socket = await ControlDirectory.ConnectAsync(name, cancellation).ConfigureAwait(false);
        return new ControlConnection(name, new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>Calls the machine and turns what comes back in place of an answer into a diagnostic.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="call">Calls it.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="DiagnosticException">The machine refuses, or is gone.</exception>
    public async Task<T> AskAsync<T>(Func<IMachineControl, Task<T>> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        try
        {
            return await call(Control).ConfigureAwait(false);
        }
        catch (Exception failed) when (ControlRpc.ToDiagnostic(failed) is { } diagnostic)
        {
            throw new DiagnosticException(diagnostic);
        }
        catch (Exception gone) when (ControlRpc.IsLost(gone))
        {
            throw ControlDiagnostics.Lost(_name, gone.Message);
        }
    }

    /// <summary>Whether a call failed because the machine is gone.</summary>
    /// <param name="failed">What it threw.</param>
    /// <returns>True when it did.</returns>
    public static bool IsLost(Exception failed) => ControlRpc.IsLost(failed);

    /// <inheritdoc/>
    public void Dispose() => _rpc.Dispose();
}
