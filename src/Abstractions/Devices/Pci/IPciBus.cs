namespace Dominion.Devices.Pci;

/// <summary>A PCI Express root bus as a device sees it. It implements configuration space, BARs, MSI-X and interrupt pins, so that a function says only what it is.</summary>
public interface IPciBus
{
    /// <summary>Puts a function on the bus.</summary>
    /// <param name="descriptor">What the function is.</param>
    /// <param name="function">What is told of changes.</param>
    /// <param name="deviceNumber">The device number (1 to 31), or null for the next free one. Function number 0.</param>
    /// <returns>The function's end of the bus.</returns>
    IPciPort Add(PciDescriptor descriptor, IPciFunction function, int? deviceNumber = null);
}
