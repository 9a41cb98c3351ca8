using System.Globalization;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.XenStore;

namespace Dominion.Paravirt.Xen.XenBus;

/// <summary>The split devices of one domain: made with it, offered each time that it starts, disconnected before its frames go. Called under the domain's device lock.</summary>
internal sealed class SplitDevices : IDisposable
{
    private readonly XenStoreService _service;
    private readonly SplitDeviceHost _host;
    private readonly IReadOnlyList<BackendDevice> _devices;
    private XenStoreManagedConnection? _watches;

    /// <summary>Takes devices that have no nodes yet.</summary>
    /// <param name="service">XenStore.</param>
    /// <param name="host">The domain.</param>
    /// <param name="devices">The devices.</param>
    public SplitDevices(XenStoreService service, SplitDeviceHost host, IReadOnlyList<BackendDevice> devices)
    {
        _service = service;
        _host = host;
        _devices = devices;
    }

    /// <summary>Offers the devices to a domain that starts.</summary>
    public void Appear()
    {
        if (_devices.Count == 0)
            return;
        foreach (BackendDevice device in _devices)
            device.Appear();
        XenStoreManagedConnection watches = _service.Connect(DomainIds.Control, OnEvent, $"backends of {_host.DomainId}");
        for (int i = 0; i < _devices.Count; i++)
            watches.Watch(_devices[i].FrontendStatePath, i.ToString(CultureInfo.InvariantCulture));
        _watches = watches;
    }

    /// <summary>Takes the devices from the domain. Afterwards no backend uses anything of it.</summary>
    public void Vanish()
    {
        _watches?.Close();
        _watches = null;
        foreach (BackendDevice device in _devices)
            device.Vanish();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Vanish();
        foreach (BackendDevice device in _devices)
            device.Dispose();
    }

    private void OnEvent(XenStoreEvent happened) => _devices[int.Parse(happened.Token, CultureInfo.InvariantCulture)].OnFrontendEvent();
}
