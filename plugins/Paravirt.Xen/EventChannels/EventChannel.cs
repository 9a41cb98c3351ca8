namespace Dominion.Paravirt.Xen.EventChannels;

/// <summary>One port of a domain.</summary>
/// <param name="port">The port.</param>
internal sealed class EventChannel(uint port)
{
    /// <summary>The port.</summary>
    public uint Port { get; } = port;

    /// <summary>What it is bound to.</summary>
    public ChannelState State { get; set; }

    /// <summary>The vCPU that is told.</summary>
    public int Vcpu { get; set; }

    /// <summary>The domain that may bind, or has bound, the other end.</summary>
    public ushort RemoteDomain { get; set; }

    /// <summary>The other end of an interdomain channel.</summary>
    public EventChannel? Remote { get; set; }

    /// <summary>The ports of the domain that has the other end.</summary>
    public EventChannelTable? RemoteTable { get; set; }

    /// <summary>The virtual interrupt.</summary>
    public uint Virq { get; set; }

    /// <summary>The FIFO ABI's queue, 0 first.</summary>
    public uint Priority { get; set; } = FifoEventQueues.DefaultPriority;

    /// <summary>The VMM's own end of a channel, which no guest may close: what is run for an event.</summary>
    public Action? Consumer { get; set; }

    /// <summary>Takes the state of a port that is not in use.</summary>
    public void Clear()
    {
        State = ChannelState.Closed;
        Vcpu = 0;
        RemoteDomain = 0;
        Remote = null;
        RemoteTable = null;
        Virq = 0;
        Priority = FifoEventQueues.DefaultPriority;
        Consumer = null;
    }
}
