using Dominion.Memory;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>How a virtio device reaches its driver: what a transport such as PCI gives it.</summary>
internal interface IVirtioTransport
{
    /// <summary>RAM as the device may reach it.</summary>
    IGuestMemory Memory { get; }

    /// <summary>Whether the platform may translate the addresses by which the device reaches RAM.</summary>
    bool IsTranslated { get; }

    /// <summary>Tells the driver that a queue has used buffers.</summary>
    /// <param name="queue">The queue's index.</param>
    void SignalQueue(int queue);

    /// <summary>Tells the driver that the configuration or the status changed.</summary>
    void SignalConfiguration();

    /// <summary>Takes back every signal that the driver has not seen: the device was reset.</summary>
    void ClearSignals();

    /// <summary>Runs an action soon under the domain's device lock.</summary>
    /// <param name="action">What to run.</param>
    void Post(Action action);
}
