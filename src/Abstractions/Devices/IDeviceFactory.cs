namespace Dominion.Devices;

/// <summary>Makes devices of one kind; exported with <see cref="Plugins.DeviceAttribute"/>. Derive from <see cref="DeviceFactory{TOptions}"/> instead of implementing this.</summary>
public interface IDeviceFactory
{
    /// <summary>Makes one device and puts it on its buses.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="options">An object of the export's options type, bound and validated, or null when it has none.</param>
    /// <returns>The device, not reset yet.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">The options cannot be met.</exception>
    IDevice Create(IDeviceContext context, object? options);
}
