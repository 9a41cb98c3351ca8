namespace Dominion.Paravirt.Xen.EventChannels;

/// <summary>How a domain's pending and masked events are kept in memory that it shares with the VMM: the 2-level or the FIFO ABI. Called under the machine's event lock.</summary>
internal interface IEventBits
{
    /// <summary>How many ports there can be; port 0 is never used.</summary>
    uint PortCount { get; }

    /// <summary>Marks an event as pending and tells the vCPU unless it is masked.</summary>
    /// <param name="channel">The port.</param>
    void SetPending(EventChannel channel);

    /// <summary>Forgets an event.</summary>
    /// <param name="channel">The port.</param>
    void ClearPending(EventChannel channel);

    /// <summary>Whether an event is pending.</summary>
    /// <param name="port">The port.</param>
    bool IsPending(uint port);

    /// <summary>Whether an event is masked.</summary>
    /// <param name="port">The port.</param>
    bool IsMasked(uint port);

    /// <summary>Unmasks an event, and tells the vCPU if it is pending.</summary>
    /// <param name="channel">The port.</param>
    void Unmask(EventChannel channel);
}
