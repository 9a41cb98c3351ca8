namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>EVTCHNOP_* (xen/include/public/event_channel.h).</summary>
internal enum EventChannelCommand : uint
{
    BindInterdomain = 0,
    BindVirq = 1,
    BindPirq = 2,
    Close = 3,
    Send = 4,
    Status = 5,
    AllocateUnbound = 6,
    BindIpi = 7,
    BindVcpu = 8,
    Unmask = 9,
    Reset = 10,
    InitControl = 11,
    ExpandArray = 12,
    SetPriority = 13,
}
