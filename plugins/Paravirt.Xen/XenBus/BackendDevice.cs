using System.Globalization;
using Dominion.Diagnostics;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.XenStore;
using Dominion.Split;

namespace Dominion.Paravirt.Xen.XenBus;

/// <summary>
/// The backend's end of one device: its nodes and its state machine (xen/include/public/io/blkif.h, "State diagrams"; docs/misc/xenstore-paths.pandoc). A
/// frontend in state 3 is connected, and so is one that skips to 4. One that comes back to state 1 after it has closed, or without having said so, finds the
/// backend at 2 again. Called under the domain's device lock.
/// </summary>
internal sealed class BackendDevice : IDisposable
{
    private readonly IBackend _backend;
    private readonly ILog _log;
    private readonly SplitDeviceHost _host;
    private readonly Action _checkFrontend;
    private XenBusState _state;
    private FrontendConnection? _connection;
    private int _scheduled;
    private bool _present;
    private bool _hasFailed;

    /// <summary>Makes a device that has no nodes yet.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="deviceClass">The device class.</param>
    /// <param name="number">The device's number.</param>
    /// <param name="host">The frontend's domain.</param>
    /// <param name="log">The device's log.</param>
    public BackendDevice(IBackend backend, string deviceClass, int number, SplitDeviceHost host, ILog log)
    {
        _backend = backend;
        _log = log;
        _host = host;
        _checkFrontend = CheckFrontend;
        FrontendPath = string.Create(CultureInfo.InvariantCulture, $"/local/domain/{host.DomainId}/device/{deviceClass}/{number}");
        BackendPath = string.Create(CultureInfo.InvariantCulture, $"/local/domain/{DomainIds.Control}/backend/{deviceClass}/{host.DomainId}/{number}");
        ErrorPath = string.Create(CultureInfo.InvariantCulture, $"/local/domain/{DomainIds.Control}/error/backend/{deviceClass}/{host.DomainId}/{number}");
    }

    /// <summary>The frontend's folder.</summary>
    public string FrontendPath { get; }

    /// <summary>The backend's folder.</summary>
    public string BackendPath { get; }

    /// <summary>The node with what a frontend did wrong, in Domain-0's own folder.</summary>
    public string ErrorPath { get; }

    /// <summary>The node that the frontend tells its state by.</summary>
    public string FrontendStatePath => $"{FrontendPath}/state";

    /// <summary>Where the backend is.</summary>
    public XenBusState State => _state;

    /// <summary>Makes the device's nodes as a toolstack does, and offers it. Before the domain runs.</summary>
    public void Appear()
    {
        XenStoreManagedConnection store = _host.Store;
        Folder(FrontendPath, _host.DomainId, DomainIds.Control);
        Folder(BackendPath, DomainIds.Control, _host.DomainId);
        store.Write($"{FrontendPath}/backend", BackendPath);
        store.Write($"{FrontendPath}/backend-id", "0");
        foreach ((string key, string value) in _backend.FrontendKeys)
            store.Write($"{FrontendPath}/{key}", value);
        store.Write($"{BackendPath}/frontend", FrontendPath);
        store.Write($"{BackendPath}/frontend-id", _host.DomainId.ToString(CultureInfo.InvariantCulture));
        store.Write($"{BackendPath}/online", "1");
        store.Write(FrontendStatePath, Text(XenBusState.Initialising));
        _present = true;
        _hasFailed = false;
        Offer();
    }

    /// <summary>The frontend's state has changed, or may have. Safe from any thread.</summary>
    public void OnFrontendEvent()
    {
        if (Interlocked.Exchange(ref _scheduled, 1) == 0)
            _host.Post(_checkFrontend);
    }

    /// <summary>Closes the connection because of what the frontend has done, and says so.</summary>
    public void Fail(string reason)
    {
        // A guest that does it over and over must not fill the log.
        _log.Write(_hasFailed ? LogSeverity.Debug : LogSeverity.Warning, $"the frontend is at fault: {reason}");
        _hasFailed = true;
        _host.Store.Write($"{ErrorPath}/error", reason);
        Disconnect();
        Become(XenBusState.Closing);
    }

    /// <summary>Ends the connection and takes the device's nodes away.</summary>
    public void Vanish()
    {
        Disconnect();
        _present = false;
        _state = XenBusState.Unknown;
        _host.Store.Remove(FrontendPath);
        _host.Store.Remove(BackendPath);
        _host.Store.Remove(ErrorPath);
    }

    /// <inheritdoc/>
    public void Dispose() => _backend.Dispose();

    private static string Text(XenBusState state) => ((int)state).ToString(CultureInfo.InvariantCulture);

    private void Folder(string path, int owner, int reader)
    {
        _host.Store.Write(path, "");
        _host.Store.SetPermissions(path, [new XenStorePermission(owner, XenStoreAccess.None), new XenStorePermission(reader, XenStoreAccess.Read)]);
    }

    private void CheckFrontend()
    {
        Interlocked.Exchange(ref _scheduled, 0);
        if (!_present)
            return;
        switch (ReadFrontendState())
        {
            case XenBusState.Initialising when _connection is not null || _state is XenBusState.Closed or XenBusState.Closing:
                Disconnect();
                Offer();
                break;
            case XenBusState.Initialised or XenBusState.Connected when _state == XenBusState.InitWait:
                Connect();
                break;
            case XenBusState.Closing when _state is not (XenBusState.Closing or XenBusState.Closed):
                Disconnect();
                Become(XenBusState.Closing);
                break;
            case XenBusState.Closed or XenBusState.Unknown when _state != XenBusState.Closed:
                Disconnect();
                Become(XenBusState.Closed);
                break;
        }
    }

    /// <summary>What the frontend says; a node that is gone or makes no sense is a frontend that is gone.</summary>
    private XenBusState ReadFrontendState() =>
        int.TryParse(_host.Store.ReadText(FrontendStatePath), NumberStyles.None, CultureInfo.InvariantCulture, out int state) ? (XenBusState)state : XenBusState.Unknown;

    private void Offer()
    {
        foreach ((string key, string value) in _backend.Features)
            _host.Store.Write($"{BackendPath}/{key}", value);
        Become(XenBusState.InitWait);
    }

    private void Connect()
    {
        FrontendConnection connection = _connection = new FrontendConnection(this, _host);
        try
        {
            connection.Open(_backend);
        }
        catch (FrontendException wrong)
        {
            Fail(wrong.Message);
            return;
        }

        Become(XenBusState.Connected);
    }

    private void Disconnect()
    {
        FrontendConnection? connection = _connection;
        _connection = null;
        connection?.Dispose();
    }

    private void Become(XenBusState state)
    {
        _state = state;
        _host.Store.Write($"{BackendPath}/state", Text(state));
    }
}
