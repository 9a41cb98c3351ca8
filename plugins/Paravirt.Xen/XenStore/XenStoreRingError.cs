namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>Why the server stopped serving a ring (xen/include/public/io/xs_wire.h, XENSTORE_ERROR_*).</summary>
internal enum XenStoreRingError : uint
{
    /// <summary>The connection is valid.</summary>
    None = 0,

    /// <summary>The event channel does not work.</summary>
    Communication = 1,

    /// <summary>A producer and a consumer index are more than a ring apart.</summary>
    RingIndex = 2,

    /// <summary>A message's payload is too long.</summary>
    Protocol = 3,
}
