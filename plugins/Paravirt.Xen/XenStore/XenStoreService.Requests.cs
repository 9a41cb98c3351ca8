using System.Collections.Immutable;

namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>What a connection asks, under the lock. Paths are the client's, unchecked.</summary>
internal sealed partial class XenStoreService
{
    internal XenStoreError Read(XenStoreConnection connection, uint transaction, string path, out byte[] value)
    {
        value = [];
        XenStoreError error = Start(connection, transaction, path, false, out XenStoreCall call);
        return error != XenStoreError.None ? error : Finish(call, call.Operations.Read(call.Path, out value));
    }

    internal XenStoreError Directory(XenStoreConnection connection, uint transaction, string path, out ImmutableSortedSet<string> children, out ulong generation)
    {
        children = XenStoreNode.NoChildren;
        generation = 0;
        XenStoreError error = Start(connection, transaction, path, false, out XenStoreCall call);
        return error != XenStoreError.None ? error : Finish(call, call.Operations.Directory(call.Path, out children, out generation));
    }

    internal XenStoreError GetPermissions(XenStoreConnection connection, uint transaction, string path, out ImmutableArray<XenStorePermission> permissions)
    {
        permissions = [];
        XenStoreError error = Start(connection, transaction, path, true, out XenStoreCall call);
        return error != XenStoreError.None ? error : Finish(call, call.Operations.GetPermissions(call.Path, out permissions));
    }

    internal XenStoreError Write(XenStoreConnection connection, uint transaction, string path, byte[] value)
    {
        if (path.Length + 1 + value.Length > XenStoreWire.PayloadMaximum)
            return XenStoreError.E2BIG;
        XenStoreError error = Start(connection, transaction, path, false, out XenStoreCall call);
        return error != XenStoreError.None ? error : Finish(call, call.Operations.Write(call.Path, value));
    }

    internal XenStoreError MakeDirectory(XenStoreConnection connection, uint transaction, string path)
    {
        XenStoreError error = Start(connection, transaction, path, false, out XenStoreCall call);
        return error != XenStoreError.None ? error : Finish(call, call.Operations.MakeDirectory(call.Path));
    }

    internal XenStoreError Remove(XenStoreConnection connection, uint transaction, string path)
    {
        XenStoreError error = Start(connection, transaction, path, false, out XenStoreCall call);
        return error != XenStoreError.None ? error : Finish(call, call.Operations.Remove(call.Path));
    }

    internal XenStoreError SetPermissions(XenStoreConnection connection, uint transaction, string path, ImmutableArray<XenStorePermission> permissions)
    {
        XenStoreError error = Start(connection, transaction, path, true, out XenStoreCall call);
        return error != XenStoreError.None ? error : Finish(call, call.Operations.SetPermissions(call.Path, permissions));
    }

    internal XenStoreError AddWatch(XenStoreConnection connection, string path, string token, int depth, out XenStoreWatch? watch)
    {
        watch = null;
        if (connection.Closed)
            return XenStoreError.EIO;
        if (token.Contains('\0') || path.Length + token.Length + 2 > XenStoreWire.PayloadMaximum)
            return XenStoreError.EINVAL;
        if (!XenStorePath.TryResolve(path, connection.Domain, true, out string absolute, out bool relative))
            return XenStoreError.EINVAL;
        if (FindWatch(connection, absolute, token) is not null)
            return XenStoreError.EEXIST;
        XenStoreDomain domain = connection.Owner;
        if (!domain.Privileged && domain.Connections.Sum(each => each.Watches.Count) >= Quota.Watches)
            return XenStoreError.ENOSPC;
        watch = new XenStoreWatch { Path = absolute, Token = token, Depth = depth, Prefix = relative ? XenStorePath.OfDomain(domain.Id).Length + 1 : 0 };
        connection.Watches.Add(watch);
        return XenStoreError.None;
    }

    internal static XenStoreError RemoveWatch(XenStoreConnection connection, string path, string token)
    {
        if (connection.Closed)
            return XenStoreError.EIO;
        if (!XenStorePath.TryResolve(path, connection.Domain, true, out string absolute, out _))
            return XenStoreError.EINVAL;
        if (FindWatch(connection, absolute, token) is not XenStoreWatch watch)
            return XenStoreError.ENOENT;
        connection.Forget(watch);
        return XenStoreError.None;
    }

    internal static XenStoreError ResetWatches(XenStoreConnection connection)
    {
        connection.ResetWatches();
        return connection.Closed ? XenStoreError.EIO : XenStoreError.None;
    }

    internal XenStoreError StartTransaction(XenStoreConnection connection, out uint id)
    {
        id = 0;
        if (connection.Closed)
            return XenStoreError.EIO;
        XenStoreDomain domain = connection.Owner;
        if (!domain.Privileged && domain.Connections.Sum(each => each.Transactions.Count) >= Quota.Transactions)
            return XenStoreError.ENOSPC;
        do
        {
            id = connection.NextTransactionId++;
        }
        while (id == 0 || connection.Transactions.ContainsKey(id));
        connection.Transactions[id] = new XenStoreTransaction(_tree, id, TransactionLimit(domain));
        return XenStoreError.None;
    }

    internal XenStoreError EndTransaction(XenStoreConnection connection, uint id, bool commit)
    {
        if (connection.Closed)
            return XenStoreError.EIO;
        if (!connection.Transactions.Remove(id, out XenStoreTransaction? transaction))
            return XenStoreError.ENOENT;
        if (!commit)
            return XenStoreError.None;
        if (_tree.Conflicts(transaction))
            return XenStoreError.EAGAIN;
        XenStoreDomain domain = connection.Owner;
        if (!domain.Privileged)
        {
            int more = transaction.OwnedMore(domain.Id);
            if (more > 0 && _tree.OwnedBy(domain.Id) + more > Quota.Nodes)
                return XenStoreError.ENOSPC;
        }

        Commit(transaction);
        return XenStoreError.None;
    }

    internal XenStoreError IsIntroduced(XenStoreConnection connection, int domain, out bool introduced)
    {
        introduced = false;
        if (Refuse(connection) is XenStoreError error and not XenStoreError.None)
            return error;
        introduced = domain == SelfDomain || _domains.ContainsKey(domain);
        return XenStoreError.None;
    }

    internal XenStoreError SetTarget(XenStoreConnection connection, int domain, int target)
    {
        if (Refuse(connection) is XenStoreError error and not XenStoreError.None)
            return error;
        if (!_domains.TryGetValue(domain, out XenStoreDomain? found) || !_domains.ContainsKey(target))
            return XenStoreError.ENOENT;
        found.Target = target;
        return XenStoreError.None;
    }

    internal XenStoreError Resume(XenStoreConnection connection, int domain)
    {
        if (Refuse(connection) is XenStoreError error and not XenStoreError.None)
            return error;
        if (domain == ControlDomain)
            return XenStoreError.EINVAL;
        if (!_domains.TryGetValue(domain, out XenStoreDomain? found))
            return XenStoreError.ENOENT;
        found.ShutDown = false;
        return XenStoreError.None;
    }

    internal XenStoreError Release(XenStoreConnection connection, int domain) =>
        Refuse(connection) is XenStoreError error and not XenStoreError.None ? error : RemoveDomain(domain);

    /// <summary>INTRODUCE of a domain that is introduced resets its ring, as xenstored does for a domain that was restored.</summary>
    internal bool ResetIntroduced(int domain)
    {
        if (!_domains.TryGetValue(domain, out XenStoreDomain? found))
            return false;
        RingOf(found)?.Reconnect();
        return true;
    }

    // DOMID_SELF of xen/include/public/xen.h.
    private const int SelfDomain = 0x7FF0;

    private static XenStoreError Refuse(XenStoreConnection connection) =>
        connection.Closed ? XenStoreError.EIO : connection.Owner.Privileged ? XenStoreError.None : XenStoreError.EACCES;

    private static XenStoreWatch? FindWatch(XenStoreConnection connection, string path, string token) =>
        connection.Watches.Find(watch => watch.Path == path && watch.Token == token);

    private int TransactionLimit(XenStoreDomain domain) => domain.Privileged ? int.MaxValue : Quota.TransactionNodes;

    private XenStoreError Start(XenStoreConnection connection, uint id, string path, bool allowSpecial, out XenStoreCall call)
    {
        call = default;
        if (connection.Closed)
            return XenStoreError.EIO;
        XenStoreTransaction? transaction = null;
        if (id != 0 && !connection.Transactions.TryGetValue(id, out transaction))
            return XenStoreError.ENOENT;
        if (!XenStorePath.TryResolve(path, connection.Domain, allowSpecial, out string absolute, out _))
            return XenStoreError.EINVAL;
        transaction ??= new XenStoreTransaction(_tree, 0, int.MaxValue);
        call = new XenStoreCall(absolute, transaction, transaction.Nodes, new XenStoreOperations(_tree, transaction, connection.Owner, Quota));
        return XenStoreError.None;
    }

    private XenStoreError Finish(in XenStoreCall call, XenStoreError error)
    {
        if (call.Transaction.Exceeded)
            error = XenStoreError.ENOSPC;
        if (error != XenStoreError.None)
            call.Transaction.Revert(call.Nodes);
        else if (call.Transaction.Id == 0)
            Commit(call.Transaction);
        return error;
    }

    private readonly record struct XenStoreCall(
        string Path,
        XenStoreTransaction Transaction,
        ImmutableDictionary<string, XenStoreNode> Nodes,
        XenStoreOperations Operations);
}
