namespace Dominion.Plugins;

/// <summary>Exports a device by name; the class implements <see cref="Devices.IDeviceFactory"/>.</summary>
public sealed class DeviceAttribute : PluginExportAttribute
{
    /// <summary>Exports a device.</summary>
    /// <param name="name">The name that manifests use.</param>
    public DeviceAttribute(string name)
        : base(ExportKind.Device, name, typeof(Devices.IDeviceFactory))
    {
    }
}
