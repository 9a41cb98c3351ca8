using Dominion.Paravirt.Xen.Abi;

namespace Dominion.Paravirt.Xen.EventChannels;

/// <summary>A domain's event channels. Every member takes the machine's event lock, which is a leaf but for <see cref="IUpcallTarget"/>'s members; consumers run outside it.</summary>
internal sealed class EventChannelTable
{
    /// <summary>The number of virtual interrupts.</summary>
    public const int VirqCount = 24;

    private readonly Lock _lock;
    private readonly List<EventChannel> _channels = [];
    private readonly ushort _domain;
    private readonly IUpcallTarget? _target;
    private readonly uint[,] _virqs;

    /// <summary>Makes a table without ports in use.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="eventLock">The machine's event lock.</param>
    /// <param name="target">The domain's vCPUs, or null for a managed domain, whose ports have consumers.</param>
    public EventChannelTable(ushort domain, Lock eventLock, IUpcallTarget? target)
    {
        _domain = domain;
        _lock = eventLock;
        _target = target;
        _virqs = new uint[Math.Max(1, target?.VcpuCount ?? 1), VirqCount];
        _channels.Add(new EventChannel(0));
    }

    /// <summary>How pending events are kept; null for a managed domain.</summary>
    public IEventBits? Bits { get; set; }

    /// <summary>Virtual interrupts that a domain has once, rather than once a vCPU.</summary>
    public static bool IsGlobal(uint virq) => virq is not (0 or 1 or 7 or 13);

    /// <summary>EVTCHNOP_alloc_unbound for the domain itself.</summary>
    public XenError AllocateUnbound(ushort remote, out uint port, Action? consumer = null)
    {
        lock (_lock)
        {
            XenError error = Allocate(out EventChannel? channel);
            port = channel?.Port ?? 0;
            if (channel is null)
                return error;
            channel.State = ChannelState.Unbound;
            channel.RemoteDomain = remote;
            channel.Consumer = consumer;
            return XenError.Success;
        }
    }

    /// <summary>EVTCHNOP_bind_interdomain: connects a new port to an unbound one of another domain.</summary>
    public XenError BindInterdomain(EventChannelTable? remoteTable, ushort remoteDomain, uint remotePort, out uint port, Action? consumer = null)
    {
        port = 0;
        if (remoteTable is null)
            return XenError.NoSuchProcess;
        lock (_lock)
        {
            if (remoteTable.Find(remotePort) is not { State: ChannelState.Unbound } other || other.RemoteDomain != _domain)
                return XenError.Invalid;
            XenError error = Allocate(out EventChannel? channel);
            if (channel is null)
                return error;
            port = channel.Port;
            channel.State = ChannelState.Interdomain;
            channel.RemoteDomain = remoteDomain;
            channel.Consumer = consumer;
            channel.Remote = other;
            channel.RemoteTable = remoteTable;
            other.State = ChannelState.Interdomain;
            other.Remote = channel;
            other.RemoteTable = this;

            // An event may have been sent before there was anybody to hear it.
            Deliver(channel);
        }

        consumer?.Invoke();
        return XenError.Success;
    }

    /// <summary>EVTCHNOP_bind_virq.</summary>
    public XenError BindVirq(uint virq, int vcpu, out uint port)
    {
        port = 0;
        if (virq >= VirqCount)
            return XenError.Invalid;
        if (IsGlobal(virq) && vcpu != 0)
            return XenError.Invalid;
        if (vcpu < 0 || vcpu >= _virqs.GetLength(0))
            return XenError.NoEntry;
        lock (_lock)
        {
            if (_virqs[vcpu, virq] != 0)
                return XenError.Exists;
            XenError error = Allocate(out EventChannel? channel);
            if (channel is null)
                return error;
            channel.State = ChannelState.VirtualIrq;
            channel.Vcpu = vcpu;
            channel.Virq = virq;
            port = _virqs[vcpu, virq] = channel.Port;
            return XenError.Success;
        }
    }

    /// <summary>EVTCHNOP_bind_ipi.</summary>
    public XenError BindIpi(int vcpu, out uint port)
    {
        port = 0;
        if (vcpu < 0 || vcpu >= _virqs.GetLength(0))
            return XenError.NoEntry;
        lock (_lock)
        {
            XenError error = Allocate(out EventChannel? channel);
            if (channel is null)
                return error;
            channel.State = ChannelState.Ipi;
            channel.Vcpu = vcpu;
            port = channel.Port;
            return XenError.Success;
        }
    }

    /// <summary>EVTCHNOP_send by the domain itself.</summary>
    public XenError Send(uint port)
    {
        Action? consumer = null;
        lock (_lock)
        {
            if (Find(port) is not { State: not ChannelState.Closed } channel)
                return XenError.Invalid;
            switch (channel.State)
            {
                case ChannelState.Interdomain:
                    consumer = channel.Remote!.Consumer;
                    channel.RemoteTable!.Deliver(channel.Remote);
                    break;
                case ChannelState.Ipi:
                    Deliver(channel);
                    break;
                case ChannelState.Unbound:
                    // Nobody hears it.
                    break;
                default:
                    return XenError.Invalid;
            }
        }

        consumer?.Invoke();
        return XenError.Success;
    }

    /// <summary>Raises a virtual interrupt of a vCPU, where the guest has bound it.</summary>
    public void RaiseVirq(uint virq, int vcpu)
    {
        lock (_lock)
        {
            if (Find(_virqs[vcpu, virq]) is { State: ChannelState.VirtualIrq } channel)
                Deliver(channel);
        }
    }

    /// <summary>EVTCHNOP_close.</summary>
    public XenError Close(uint port)
    {
        lock (_lock)
        {
            if (Find(port) is not { State: not ChannelState.Closed } channel)
                return XenError.Invalid;
            if (channel.Consumer is not null && _target is not null)
                return XenError.Invalid;
            Close(channel);
            return XenError.Success;
        }
    }

    /// <summary>Closes every port, as when the domain is destroyed.</summary>
    public void CloseAll()
    {
        lock (_lock)
        {
            foreach (EventChannel channel in _channels)
            {
                if (channel.State != ChannelState.Closed)
                    Close(channel);
            }
        }
    }

    /// <summary>EVTCHNOP_status.</summary>
    public EventChannelStatus? GetStatus(uint port)
    {
        lock (_lock)
        {
            return Find(port) is { } channel
                ? new EventChannelStatus(channel.State, (uint)channel.Vcpu, channel.RemoteDomain, channel.Remote?.Port ?? 0, channel.Virq)
                : null;
        }
    }

    /// <summary>EVTCHNOP_bind_vcpu.</summary>
    public XenError BindVcpu(uint port, int vcpu)
    {
        lock (_lock)
        {
            if (vcpu < 0 || vcpu >= _virqs.GetLength(0))
                return XenError.NoEntry;
            if (Find(port) is not { } channel)
                return XenError.Invalid;
            switch (channel.State)
            {
                case ChannelState.VirtualIrq when IsGlobal(channel.Virq):
                case ChannelState.Unbound or ChannelState.Interdomain:
                    channel.Vcpu = vcpu;
                    return XenError.Success;
                default:
                    return XenError.Invalid;
            }
        }
    }

    /// <summary>EVTCHNOP_unmask.</summary>
    public XenError Unmask(uint port)
    {
        lock (_lock)
        {
            if (Find(port) is not { } channel || Bits is null)
                return XenError.Invalid;
            Bits.Unmask(channel);
            return XenError.Success;
        }
    }

    /// <summary>EVTCHNOP_set_priority.</summary>
    public XenError SetPriority(uint port, uint priority)
    {
        if (priority >= FifoEventQueues.QueueCount)
            return XenError.Invalid;
        lock (_lock)
        {
            if (Find(port) is not { } channel)
                return XenError.Invalid;
            if (Bits is not FifoEventQueues)
                return XenError.NotImplemented;
            channel.Priority = priority;
            return XenError.Success;
        }
    }

    /// <summary>Whether an event is pending.</summary>
    public bool IsPending(uint port)
    {
        lock (_lock)
            return Find(port) is not null && Bits is not null && Bits.IsPending(port);
    }

    /// <summary>Whether a port can be named: it is below what the table has had in use.</summary>
    public bool IsValid(uint port)
    {
        lock (_lock)
            return Find(port) is not null;
    }

    /// <summary>Changes to the FIFO ABI: events that are pending are taken along.</summary>
    public void Switch(IEventBits bits)
    {
        lock (_lock)
        {
            IEventBits? before = Bits;
            Bits = bits;
            foreach (EventChannel channel in _channels)
            {
                if (channel.State != ChannelState.Closed && before?.IsPending(channel.Port) == true)
                    bits.SetPending(channel);
            }
        }
    }

    /// <summary>Runs an action under the event lock.</summary>
    public T Locked<T>(Func<T> action)
    {
        lock (_lock)
            return action();
    }

    private EventChannel? Find(uint port) => port != 0 && port < (uint)_channels.Count ? _channels[(int)port] : null;

    private XenError Allocate(out EventChannel? channel)
    {
        uint limit = Bits?.PortCount ?? 1u << FifoEventQueues.LinkBits;
        channel = null;
        for (int i = 1; i < _channels.Count; i++)
        {
            if (_channels[i].State != ChannelState.Closed || (Bits is FifoEventQueues && Bits.IsPending((uint)i)))
                continue;
            channel = _channels[i];
            break;
        }

        if (channel is null)
        {
            if ((uint)_channels.Count >= limit)
                return XenError.NoSpace;
            channel = new EventChannel((uint)_channels.Count);
            _channels.Add(channel);
        }

        channel.Clear();
        return XenError.Success;
    }

    private void Close(EventChannel channel)
    {
        switch (channel.State)
        {
            case ChannelState.VirtualIrq:
                // A global one may have moved to another vCPU.
                _virqs[IsGlobal(channel.Virq) ? 0 : channel.Vcpu, channel.Virq] = 0;
                break;
            case ChannelState.Interdomain:
                channel.Remote!.State = ChannelState.Unbound;
                channel.Remote.RemoteDomain = _domain;
                channel.Remote.Remote = null;
                channel.Remote.RemoteTable = null;
                break;
        }

        Bits?.ClearPending(channel);
        channel.Clear();
    }

    private void Deliver(EventChannel channel)
    {
        if (channel.Consumer is null)
            Bits?.SetPending(channel);
    }
}
