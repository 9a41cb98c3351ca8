namespace Dominion.Devices.Pci;

/// <summary>A PCI function's behaviour beyond its registers. Called under the domain's device lock.</summary>
public interface IPciFunction
{
    /// <summary>Reads inside a capability that the function answers for itself (<see cref="PciCapability.IsLive"/>).</summary>
    /// <param name="capability">The index in <see cref="PciDescriptor.Capabilities"/>.</param>
    /// <param name="offset">The byte offset in the capability.</param>
    /// <param name="width">1, 2 or 4 bytes.</param>
    /// <returns>The value.</returns>
    uint ReadCapability(int capability, int offset, int width);

    /// <summary>Writes inside a live capability.</summary>
    /// <param name="capability">The index in <see cref="PciDescriptor.Capabilities"/>.</param>
    /// <param name="offset">The byte offset in the capability.</param>
    /// <param name="width">1, 2 or 4 bytes.</param>
    /// <param name="value">The value.</param>
    void WriteCapability(int capability, int offset, int width, uint value);
}
