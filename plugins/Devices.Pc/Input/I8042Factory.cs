using Dominion.Plugins;

namespace Dominion.Devices.Pc.Input;

/// <summary>Makes keyboard controllers.</summary>
[Device("i8042", Options = typeof(I8042Options), Summary = "8042 keyboard controller with a PS/2 keyboard")]
public sealed class I8042Factory : DeviceFactory<I8042Options>
{
    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, I8042Options options) => new I8042(context, options);
}
