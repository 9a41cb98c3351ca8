namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>What the server tells a guest that it can do (xen/include/public/io/xs_wire.h, XENSTORE_SERVER_FEATURE_*).</summary>
[Flags]
internal enum XenStoreFeatures : uint
{
    /// <summary>The guest may ask for the ring to be reset.</summary>
    Reconnection = 1,

    /// <summary>The page has the error word.</summary>
    Error = 2,

    /// <summary>WATCH takes a depth.</summary>
    WatchDepth = 4,

    /// <summary>A permission may name any domain, <see cref="XenStorePermission.AnyDomain"/>.</summary>
    AnyDomain = 8,

    /// <summary>All of this server's.</summary>
    All = Reconnection | Error | WatchDepth | AnyDomain,
}
