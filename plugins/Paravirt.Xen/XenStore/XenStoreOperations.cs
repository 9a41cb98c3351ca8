using System.Collections.Immutable;
using System.Globalization;

namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>
/// The operations on nodes, with their permissions and quotas, as one domain does them in one transaction (docs/misc/xenstore.txt). Paths are absolute
/// and valid. An operation that fails has changed nothing.
/// </summary>
/// <param name="tree">The tree, for the counts of nodes.</param>
/// <param name="transaction">The transaction.</param>
/// <param name="domain">Who asks.</param>
/// <param name="quota">What a domain may use.</param>
internal readonly struct XenStoreOperations(XenStoreTree tree, XenStoreTransaction transaction, XenStoreDomain domain, XenStoreQuota quota)
{
    /// <summary>READ.</summary>
    /// <param name="path">The node.</param>
    /// <param name="value">Its value, not to be changed.</param>
    /// <returns>The error.</returns>
    public XenStoreError Read(string path, out byte[] value)
    {
        XenStoreError error = Get(path, XenStoreAccess.Read, out XenStoreNode? node);
        value = node?.Value ?? [];
        return error;
    }

    /// <summary>DIRECTORY and DIRECTORY_PART.</summary>
    /// <param name="path">The node.</param>
    /// <param name="children">Its children's names in ordinal order.</param>
    /// <param name="generation">Its generation.</param>
    /// <returns>The error.</returns>
    public XenStoreError Directory(string path, out ImmutableSortedSet<string> children, out ulong generation)
    {
        children = XenStoreNode.NoChildren;
        generation = 0;
        XenStoreError error = Get(path, XenStoreAccess.Read, out _);
        if (error != XenStoreError.None)
            return error;
        XenStoreNode node = transaction.FindWithChildren(path)!;
        children = node.Children;
        generation = node.Generation;
        return XenStoreError.None;
    }

    /// <summary>GET_PERMS.</summary>
    /// <param name="path">The node.</param>
    /// <param name="permissions">Its permissions, the owner's first.</param>
    /// <returns>The error.</returns>
    public XenStoreError GetPermissions(string path, out ImmutableArray<XenStorePermission> permissions)
    {
        XenStoreError error = Get(path, XenStoreAccess.Read, out XenStoreNode? node);
        permissions = node?.Permissions ?? [];
        return error;
    }

    /// <summary>WRITE.</summary>
    /// <param name="path">The node.</param>
    /// <param name="value">Its new value; kept, so not to be changed.</param>
    /// <returns>The error.</returns>
    public XenStoreError Write(string path, byte[] value)
    {
        XenStoreError error = Get(path, XenStoreAccess.Write, out XenStoreNode? node);
        if (error == XenStoreError.ENOENT)
            return Create(path, value);
        if (error != XenStoreError.None)
            return error;
        if (!domain.Privileged && transaction.SizeOf(path) - node!.Value.Length + value.Length > quota.NodeSize)
            return XenStoreError.ENOSPC;
        transaction.SetContent(path, value, node!.Permissions);
        transaction.Note(new XenStoreChange(path, false));
        return XenStoreError.None;
    }

    /// <summary>MKDIR.</summary>
    /// <param name="path">The node.</param>
    /// <returns>The error; none if the node is there.</returns>
    public XenStoreError MakeDirectory(string path)
    {
        XenStoreError error = Get(path, XenStoreAccess.Write, out _);
        return error == XenStoreError.ENOENT ? Create(path, []) : error;
    }

    /// <summary>RM.</summary>
    /// <param name="path">The node; its children go with it, whoever owns them.</param>
    /// <returns>The error; none if the node is not there and its parent is.</returns>
    public XenStoreError Remove(string path)
    {
        XenStoreError error = Get(path, XenStoreAccess.Write, out _);
        if (error == XenStoreError.ENOENT)
            return transaction.Find(XenStorePath.ParentOf(path)) is null ? XenStoreError.ENOENT : XenStoreError.None;
        if (error != XenStoreError.None)
            return error;
        if (path == XenStorePath.Root)
            return XenStoreError.EINVAL;
        transaction.Remove(path);
        transaction.Note(new XenStoreChange(path, true));
        return XenStoreError.None;
    }

    /// <summary>SET_PERMS.</summary>
    /// <param name="path">The node.</param>
    /// <param name="permissions">Its new permissions, the owner's first.</param>
    /// <returns>The error.</returns>
    public XenStoreError SetPermissions(string path, ImmutableArray<XenStorePermission> permissions)
    {
        if (permissions.IsDefaultOrEmpty || permissions[0].Domain == XenStorePermission.AnyDomain)
            return XenStoreError.EINVAL;
        if (!domain.Privileged && permissions.Length > quota.Permissions)
            return XenStoreError.ENOSPC;
        XenStoreError error = Get(path, XenStoreAccess.Write | XenStoreAccess.Owner, out XenStoreNode? node);
        if (error != XenStoreError.None)
            return error;
        if (!domain.Privileged && permissions[0].Domain != node!.Owner)
            return XenStoreError.EPERM;
        if (!domain.Privileged && transaction.SizeOf(path) + (8 * (permissions.Length - node!.Permissions.Length)) > quota.NodeSize)
            return XenStoreError.ENOSPC;
        transaction.SetContent(path, node!.Value, permissions);
        transaction.Note(new XenStoreChange(path, false));
        return XenStoreError.None;
    }

    // Who may not know of a node is told EACCES whether it is there or not: the nearest node above that is there decides.
    private XenStoreError Get(string path, XenStoreAccess needed, out XenStoreNode? node)
    {
        node = transaction.Find(path);
        if (node is not null)
        {
            if ((domain.AccessTo(node.Permissions) & needed) == needed)
                return XenStoreError.None;
            node = null;
            return XenStoreError.EACCES;
        }

        string above = path;
        XenStoreNode? nearest;
        do
        {
            above = XenStorePath.ParentOf(above);
            nearest = transaction.Find(above);
        }
        while (nearest is null && above != XenStorePath.Root);

        // The root is always there.
        return (domain.AccessTo(nearest!.Permissions) & needed) == XenStoreAccess.None ? XenStoreError.EACCES : XenStoreError.ENOENT;
    }

    private XenStoreError Create(string path, byte[] value)
    {
        if (path[0] != '/')
            return XenStoreError.EINVAL;
        Stack<string> missing = new([path]);
        string above = XenStorePath.ParentOf(path);
        XenStoreNode? parent = transaction.Find(above);
        while (parent is null)
        {
            missing.Push(above);
            above = XenStorePath.ParentOf(above);
            parent = transaction.Find(above);
        }

        if (transaction.Exceeded)
            return XenStoreError.ENOSPC;

        // What a domain creates is its own; the control domain's creations are the parent's owner's.
        ImmutableArray<XenStorePermission> permissions = domain.Privileged
            ? parent.Permissions
            : parent.Permissions.SetItem(0, parent.Permissions[0] with { Domain = domain.Id });
        if (!domain.Privileged)
        {
            if (tree.OwnedBy(domain.Id) + transaction.OwnedMore(domain.Id) + missing.Count > quota.Nodes)
                return XenStoreError.ENOSPC;
            if (transaction.SizeOf(above) + XenStorePath.LeafOf(missing.Peek()).Length + 1 > quota.NodeSize
                || 16 + (8 * permissions.Length) + value.Length > quota.NodeSize)
                return XenStoreError.ENOSPC;
        }

        foreach (string created in missing)
            transaction.Create(created, created == path ? value : [], permissions);
        transaction.Note(new XenStoreChange(path, false));
        return XenStoreError.None;
    }

    /// <summary>A list of children as DIRECTORY_PART sends it.</summary>
    /// <param name="children">All children.</param>
    /// <param name="generation">The node's generation.</param>
    /// <param name="offset">The first byte of the list that is wanted.</param>
    /// <returns>The payload: the generation, whole names, and an empty one behind the last.</returns>
    public static byte[] PartOf(ImmutableSortedSet<string> children, ulong generation, uint offset)
    {
        List<string> part = [generation.ToString(CultureInfo.InvariantCulture)];
        int room = XenStoreWire.PayloadMaximum - part[0].Length - 2;
        long position = 0;
        foreach (string leaf in children)
        {
            long skip = Math.Max(0, offset - position);
            position += leaf.Length + 1;
            if (skip > leaf.Length)
                continue;
            string text = leaf[(int)skip..];
            if (text.Length + 1 > room)
                return XenStoreWire.Encode(part);
            part.Add(text);
            room -= text.Length + 1;
        }

        part.Add("");
        return XenStoreWire.Encode(part);
    }
}
