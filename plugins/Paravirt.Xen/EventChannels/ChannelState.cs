namespace Dominion.Paravirt.Xen.EventChannels;

/// <summary>What an event channel is bound to; the values are EVTCHNSTAT_* (xen/include/public/event_channel.h).</summary>
internal enum ChannelState : uint
{
    Closed = 0,
    Unbound = 1,
    Interdomain = 2,
    PhysicalIrq = 3,
    VirtualIrq = 4,
    Ipi = 5,
}
