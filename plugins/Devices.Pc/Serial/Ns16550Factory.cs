using Dominion.Plugins;

namespace Dominion.Devices.Pc.Serial;

/// <summary>Makes UARTs.</summary>
[Device("ns16550", Options = typeof(Ns16550Options), Summary = "16550A UART with a character stream behind it")]
public sealed class Ns16550Factory : DeviceFactory<Ns16550Options>
{
    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, Ns16550Options options) => new Ns16550(context, options);
}
