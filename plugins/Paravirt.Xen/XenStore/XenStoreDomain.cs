using System.Collections.Immutable;

namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>A domain as the store knows it. Guarded by the service's lock.</summary>
internal sealed class XenStoreDomain
{
    /// <summary>The domain's id.</summary>
    public required int Id { get; init; }

    /// <summary>Whether this is the control domain: it may do everything, and no quota holds for it.</summary>
    public required bool Privileged { get; init; }

    /// <summary>Whether @releaseDomain was fired for its shutdown.</summary>
    public bool ShutDown { get; set; }

    /// <summary>The domain whose rights this one has too (SET_TARGET), or negative.</summary>
    public int Target { get; set; } = -1;

    /// <summary>The open connections.</summary>
    public List<XenStoreConnection> Connections { get; } = [];

    /// <summary>The domain's rights to a node.</summary>
    /// <param name="permissions">The node's permissions.</param>
    /// <returns>The rights.</returns>
    public XenStoreAccess AccessTo(ImmutableArray<XenStorePermission> permissions)
    {
        if (Privileged || IsMe(permissions[0].Domain))
            return XenStoreAccess.Both | XenStoreAccess.Owner;
        foreach (XenStorePermission permission in permissions.AsSpan()[1..])
        {
            if (IsMe(permission.Domain) || permission.Domain == XenStorePermission.AnyDomain)
                return permission.Access;
        }

        return permissions[0].Access;
    }

    private bool IsMe(int domain) => domain == Id || domain == Target;
}
