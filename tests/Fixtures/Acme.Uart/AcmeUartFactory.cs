using Dominion.Devices;
using Dominion.Plugins;

namespace Acme.Uart;

/// <summary>Exports the device <c>acme-uart</c>.</summary>
[Device("acme-uart", Options = typeof(AcmeUartOptions), Summary = "A 16550A serial port by Acme.")]
public sealed class AcmeUartFactory : DeviceFactory<AcmeUartOptions>
{
    protected override IDevice Create(IDeviceContext context, AcmeUartOptions options) => new AcmeUart(context, options);
}
