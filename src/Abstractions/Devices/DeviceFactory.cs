namespace Dominion.Devices;

/// <summary>A device factory with typed options.</summary>
/// <typeparam name="TOptions">The export's options type.</typeparam>
public abstract class DeviceFactory<TOptions> : IDeviceFactory
    where TOptions : class
{
    /// <inheritdoc/>
    IDevice IDeviceFactory.Create(IDeviceContext context, object? options) => Create(context, (TOptions)options!);

    /// <summary>Makes one device and puts it on its buses.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="options">The bound options.</param>
    /// <returns>The device, not reset yet.</returns>
    protected abstract IDevice Create(IDeviceContext context, TOptions options);
}
