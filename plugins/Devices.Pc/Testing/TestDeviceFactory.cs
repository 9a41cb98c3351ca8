using Dominion.Plugins;

namespace Dominion.Devices.Pc.Testing;

/// <summary>Makes test devices.</summary>
[Device("testdev", Summary = "Test device for kernels that test a machine: a port register (0xE0), interrupt lines (0x2000) and memory-mapped RAM (0xFF000000)")]
public sealed class TestDeviceFactory : IDeviceFactory
{
    /// <inheritdoc/>
    public IDevice Create(IDeviceContext context, object? options) => new TestDevice(context);
}
