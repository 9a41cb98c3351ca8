namespace Dominion.Plugins;

/// <summary>Exports a service by name; the class implements <see cref="Services.IServiceFactory"/>.</summary>
public sealed class ServiceAttribute : PluginExportAttribute
{
    /// <summary>Exports a service.</summary>
    /// <param name="name">The name that manifests use.</param>
    public ServiceAttribute(string name)
        : base(ExportKind.Service, name, typeof(Services.IServiceFactory))
    {
    }
}
