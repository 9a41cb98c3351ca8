using Dominion.Devices.Pci;

namespace Dominion.Devices.Pc.Pci;

/// <summary>A function that is nothing beyond its configuration space, such as the host bridge.</summary>
internal sealed class PciPassiveFunction : IPciFunction
{
    /// <inheritdoc/>
    public uint ReadCapability(int capability, int offset, int width) => 0;

    /// <inheritdoc/>
    public void WriteCapability(int capability, int offset, int width, uint value)
    {
        // It has no live capability: nothing to write to.
    }
}
