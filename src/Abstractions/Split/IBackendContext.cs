using Dominion.Diagnostics;
using Dominion.Plugins;
using Dominion.Time;

namespace Dominion.Split;

/// <summary>What a domain gives the backend of one of its devices.</summary>
public interface IBackendContext
{
    /// <summary>The device's name in its domain: its export's name with a number.</summary>
    string Name { get; }

    /// <summary>The name of the frontend's domain; unique in the machine.</summary>
    string DomainName { get; }

    /// <summary>The device's number (<see cref="IBackendFactory.GetDeviceNumber"/>).</summary>
    int DeviceNumber { get; }

    /// <summary>The time of the frontend's domain. Timers run where <see cref="IBackend"/> is called.</summary>
    IClock Clock { get; }

    /// <summary>The device's log.</summary>
    ILog Log { get; }

    /// <summary>Finds a service that an option names; binding has checked that it exists and implements the contract.</summary>
    /// <typeparam name="TService">The service contract.</typeparam>
    /// <param name="reference">The option's value.</param>
    /// <returns>The service.</returns>
    TService GetService<TService>(ServiceReference<TService> reference)
        where TService : class;

    /// <summary>Runs an action soon where <see cref="IBackend"/> is called. The one member that is safe from any thread; services use it to come back to a device.</summary>
    /// <param name="action">What to run.</param>
    void Post(Action action);
}
