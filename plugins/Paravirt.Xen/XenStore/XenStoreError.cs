namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>What an operation of XenStore answers. The members after <see cref="None"/> are spelt as the wire sends them (xen/include/public/io/xs_wire.h, xsd_errors).</summary>
internal enum XenStoreError
{
    /// <summary>Done.</summary>
    None,

    /// <summary>A malformed path, payload or domain id.</summary>
    EINVAL,

    /// <summary>No permission, or none to learn more.</summary>
    EACCES,

    /// <summary>The watch is there already.</summary>
    EEXIST,

    /// <summary>Part of the protocol; this server never sends it.</summary>
    EISDIR,

    /// <summary>No such node, watch, transaction or domain.</summary>
    ENOENT,

    /// <summary>Part of the protocol; this server never sends it.</summary>
    ENOMEM,

    /// <summary>A quota is used up.</summary>
    ENOSPC,

    /// <summary>The connection is closed.</summary>
    EIO,

    /// <summary>Part of the protocol; this server never sends it.</summary>
    ENOTEMPTY,

    /// <summary>A request that this server does not have.</summary>
    ENOSYS,

    /// <summary>Part of the protocol; this server never sends it.</summary>
    EROFS,

    /// <summary>A transaction inside a transaction.</summary>
    EBUSY,

    /// <summary>The transaction conflicts with a change made since it started; start again.</summary>
    EAGAIN,

    /// <summary>Part of the protocol; this server never sends it.</summary>
    EISCONN,

    /// <summary>The payload would pass <see cref="XenStoreWire.PayloadMaximum"/>.</summary>
    E2BIG,

    /// <summary>Only the control domain may do this.</summary>
    EPERM,
}
