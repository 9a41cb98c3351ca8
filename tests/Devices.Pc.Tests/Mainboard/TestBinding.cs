namespace Dominion.Devices.Pc.Tests.Mainboard;

/// <summary>A device of a slot or of the manifest, with its factory.</summary>
internal sealed class TestBinding(string? slot, string device, IDeviceFactory factory, object? options) : IDeviceBinding
{
    public string? Slot { get; } = slot;

    public string Device { get; } = device;

    public string Name => Slot ?? $"{Device}0";

    public IDevice Create(IDeviceContext context) => factory.Create(context, options);
}
