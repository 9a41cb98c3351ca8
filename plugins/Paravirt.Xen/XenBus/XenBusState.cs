namespace Dominion.Paravirt.Xen.XenBus;

/// <summary>Where one end of a device is in its life; the values are XenbusState* (xen/include/public/io/xenbus.h).</summary>
internal enum XenBusState
{
    Unknown = 0,
    Initialising = 1,
    InitWait = 2,
    Initialised = 3,
    Connected = 4,
    Closing = 5,
    Closed = 6,
}
