using Dominion.Plugins;

namespace Dominion.Devices.Pc.Interrupts;

/// <summary>Makes the PC's pair of 8259A interrupt controllers.</summary>
[Device("i8259", Summary = "Pair of 8259A interrupt controllers")]
public sealed class I8259Factory : IDeviceFactory
{
    /// <inheritdoc/>
    public IDevice Create(IDeviceContext context, object? options) => new I8259(context);
}
