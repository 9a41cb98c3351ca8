namespace Dominion.Split;

/// <summary>Makes the frontend half of a split driver for a managed domain; exported with <see cref="Plugins.FrontendAttribute"/>.</summary>
public interface IFrontendFactory
{
    /// <summary>The device class in XenStore paths, such as <c>vbd</c>.</summary>
    string DeviceClass { get; }
}
