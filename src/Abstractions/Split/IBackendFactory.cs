namespace Dominion.Split;

/// <summary>Makes the backend half of a split driver; exported with <see cref="Plugins.BackendAttribute"/>.</summary>
public interface IBackendFactory
{
    /// <summary>The device class in XenStore paths, such as <c>vbd</c>.</summary>
    string DeviceClass { get; }
}
