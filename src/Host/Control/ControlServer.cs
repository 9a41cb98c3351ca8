using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Dominion.Diagnostics;
using Dominion.Host.Control.Rpc;
using Microsoft.Extensions.Logging;

namespace Dominion.Host.Control;

/// <summary>A machine's control socket. Whatever clients do, the machine goes on: each has a connection of its own, bounded in what it may send and leave unanswered.</summary>
public sealed class ControlServer : IDisposable
{
    /// <summary>The diagnostic for a name that another machine has.</summary>
    public const string NameTaken = "DOM6001";

    /// <summary>The diagnostic for what is no name.</summary>
    public const string BadName = "DOM6002";

    private const int MostConnections = 32;
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(2);
    private readonly Socket _socket;
    private readonly string _path;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _closed = new();

    // A leaf; guards what follows.
    private readonly Lock _gate = new();
    private readonly Dictionary<NetworkStream, ControlRpc?> _connections = [];
    private bool _disposed;

    private ControlServer(Socket socket, string name, string path, ILogger log)
    {
        _socket = socket;
        Name = name;
        _path = path;
        _log = log;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        AppDomain.CurrentDomain.UnhandledException += OnExit;
    }

    /// <summary>The machine's name.</summary>
    public string Name { get; }

    /// <summary>Takes a name among this user's machines. Clients wait until <see cref="Serve"/>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="isExact">Whether no other will do; otherwise a number is added to a name that is taken.</param>
    /// <param name="loggers">Makes the log.</param>
    /// <returns>The server.</returns>
    /// <exception cref="DiagnosticException">The name is taken, or no socket can be made.</exception>
    public static ControlServer Open(string name, bool isExact, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(loggers);
        Socket socket = ControlDirectory.Listen(name, isExact, out string taken, out string path);
        return new ControlServer(socket, taken, path, loggers.CreateLogger("control"));
    }

    /// <summary>Lets clients control a machine.</summary>
    /// <param name="control">The machine; called until this is disposed.</param>
    public void Serve(IMachineControl control) => _ = AcceptAsync(control);

    /// <summary>Lets every client go and removes the socket.</summary>
    public void Dispose()
    {
        NetworkStream[] connections;
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            connections = [.. _connections.Keys];
        }
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        AppDomain.CurrentDomain.UnhandledException -= OnExit;
        _closed.Cancel();
        RemoveSocket();
        _socket.Dispose();
        // Whoever asked for the machine's end is told that it came.
        SpinWait.SpinUntil(HaveAnswered, LastWait);
        foreach (NetworkStream connection in connections)
            connection.Dispose();
        _closed.Dispose();
    }

    private bool HaveAnswered()
    {
        lock (_gate)
            return _connections.Values.All(rpc => rpc is null || rpc.HasAnswered);
    }

    private async Task AcceptAsync(IMachineControl control)
    {
        CancellationToken closed = _closed.Token;
        while (!closed.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _socket.AcceptAsync(closed).ConfigureAwait(false);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException failed)
            {
                // The client is gone already, or the process has no more handles: the machine goes on, and so do those that are connected.
                _log.LogDebug(failed, "a client could not be taken");
                if (failed.SocketErrorCode is not (SocketError.TooManyOpenSockets or SocketError.ConnectionReset or SocketError.ConnectionAborted))
                    return;
                await Task.Yield();
                continue;
            }
            _ = ServeAsync(client, control);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task ServeAsync(Socket client, IMachineControl control)
    {
        await Task.Yield();
        ControlRpc? rpc = null;
        try
        {
            NetworkStream stream = new(client, ownsSocket: true);
            lock (_gate)
            {
                if (_disposed || _connections.Count >= MostConnections)
                {
                    stream.Dispose();
                    return;
                }
                _connections.Add(stream, null);
            }
            try
            {
                rpc = new ControlRpc(stream, control);
                lock (_gate)
                    _connections[stream] = rpc;
                rpc.Start();
                await rpc.Ended.ConfigureAwait(false);
            }
            finally
            {
                lock (_gate)
                    _connections.Remove(stream);
            }
        }
        catch (Exception broken)
        {
            // Whatever a client sends ends its own connection and nothing else.
            _log.LogDebug(broken, "a client's connection broke");
        }
        finally
        {
            rpc?.Dispose();
            client.Dispose();
        }
    }

    private void OnExit(object? sender, EventArgs e) => RemoveSocket();

    private void RemoveSocket()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            // The folder is gone or somebody else's now: the next machine of the name finds nobody there.
            _log.LogDebug(failed, "the control socket could not be removed");
        }
    }
}
