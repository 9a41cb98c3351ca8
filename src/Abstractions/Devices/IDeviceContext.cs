using Dominion.Buses;
using Dominion.Devices.Pci;
using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Plugins;
using Dominion.Time;

namespace Dominion.Devices;

/// <summary>What a board gives a device. Everything here is called under the domain's device lock or while the domain is built.</summary>
public interface IDeviceContext
{
    /// <summary>The device's name in its domain: its slot on the board, or its export's name with a number.</summary>
    string Name { get; }

    /// <summary>The domain's name; unique in the machine.</summary>
    string DomainName { get; }

    /// <summary>The domain's I/O ports.</summary>
    IPortSpace Ports { get; }

    /// <summary>The domain's memory space, to map registers in.</summary>
    IMemorySpace MemorySpace { get; }

    /// <summary>The domain's RAM, for bus mastering. A PCI function uses its own view (<see cref="IPciPort.Memory"/>), which obeys the bus-master enable bit.</summary>
    IGuestMemory Memory { get; }

    /// <summary>The board's PCI bus, or null when it has none.</summary>
    IPciBus? Pci { get; }

    /// <summary>The board's IOMMU, or null when it has none. A bus puts it before the functions that it takes; a device behind a bus has no need of it.</summary>
    IIommu? Iommu => null;

    /// <summary>Where message-signalled interrupts go. A PCI function signals by its own end of the bus (<see cref="IPciPort.Signal"/>).</summary>
    IMessageInterrupts Messages { get; }

    /// <summary>The domain's time.</summary>
    IClock Clock { get; }

    /// <summary>The device's log.</summary>
    ILog Log { get; }

    /// <summary>Power and reset of the domain.</summary>
    IDomainControl Control { get; }

    /// <summary>Takes a wire to the board's interrupt controllers.</summary>
    /// <param name="number">The board's number of the line: on a PC the global system interrupt, which for 0 to 15 is the ISA IRQ.</param>
    /// <returns>A wire of this device's own.</returns>
    IInterruptLine GetInterruptLine(int number);

    /// <summary>Finds a service that an option names; binding has checked that it exists and implements the contract.</summary>
    /// <typeparam name="TService">The service contract.</typeparam>
    /// <param name="reference">The option's value.</param>
    /// <returns>The service.</returns>
    TService GetService<TService>(ServiceReference<TService> reference)
        where TService : class;

    /// <summary>Runs an action soon under the domain's device lock. The one member that is safe from any thread; services use it to come back to a device.</summary>
    /// <param name="action">What to run.</param>
    void Post(Action action);
}
