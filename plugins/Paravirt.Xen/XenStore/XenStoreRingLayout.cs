namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>The shared page: offsets in bytes (xen/include/public/io/xs_wire.h, xenstore_domain_interface; docs/misc/xenstore-ring.txt). Words have 32 bits.</summary>
internal static class XenStoreRingLayout
{
    /// <summary>XENSTORE_RING_SIZE: the bytes of each direction.</summary>
    public const int RingSize = 1024;

    /// <summary>The ring of requests.</summary>
    public const int Requests = 0;

    /// <summary>The ring of replies and watch events.</summary>
    public const int Responses = 1024;

    /// <summary>req_cons, written by the server.</summary>
    public const int RequestConsumer = 2048;

    /// <summary>req_prod, written by the guest.</summary>
    public const int RequestProducer = 2052;

    /// <summary>rsp_cons, written by the guest.</summary>
    public const int ResponseConsumer = 2056;

    /// <summary>rsp_prod, written by the server.</summary>
    public const int ResponseProducer = 2060;

    /// <summary>server_features: <see cref="XenStoreFeatures"/>.</summary>
    public const int Features = 2064;

    /// <summary>connection: 0 connected; 1, written by the guest, asks for a reconnect.</summary>
    public const int Connection = 2068;

    /// <summary>error: <see cref="XenStoreRingError"/>.</summary>
    public const int Error = 2072;

    /// <summary>XENSTORE_CONNECTED.</summary>
    public const uint Connected = 0;

    /// <summary>XENSTORE_RECONNECT.</summary>
    public const uint Reconnect = 1;
}
