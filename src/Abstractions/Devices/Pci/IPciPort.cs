using Dominion.Memory;

namespace Dominion.Devices.Pci;

/// <summary>A function's end of the bus. Called under the domain's device lock.</summary>
public interface IPciPort
{
    /// <summary>The device number on the bus.</summary>
    int DeviceNumber { get; }

    /// <summary>RAM as the function may master it: everything fails while bus mastering is off.</summary>
    IGuestMemory Memory { get; }

    /// <summary>Whether the guest has switched MSI or MSI-X on.</summary>
    bool MessagesEnabled { get; }

    /// <summary>Signals an MSI-X vector, of which a masked one is kept pending, or sends MSI's only message. Nothing happens while both are off.</summary>
    /// <param name="vector">The vector, from 0; of no account to MSI.</param>
    void Signal(int vector);

    /// <summary>Drives the interrupt pin; obeys the command register's interrupt disable bit.</summary>
    /// <param name="asserted">True for the active level.</param>
    void SetInterrupt(bool asserted);

    /// <summary>Resets configuration space, MSI-X state and BARs to what they were after <see cref="IPciBus.Add"/>. The bus does this itself at a board reset.</summary>
    void Reset();
}
