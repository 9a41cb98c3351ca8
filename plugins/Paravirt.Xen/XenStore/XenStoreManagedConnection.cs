using System.Collections.Immutable;

namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>
/// The store as .NET code in a managed domain calls it. Paths may be relative to <c>/local/domain/N</c>. Every call may be made from any thread and
/// answers at once with <see cref="XenStoreError.None"/> or the error that a guest would be sent; watch events come by the connection's callback.
/// </summary>
internal sealed class XenStoreManagedConnection : XenStoreConnection
{
    private Action<XenStoreEvent>? _onEvent;
    private bool _delivering;

    internal XenStoreManagedConnection(XenStoreService service, XenStoreDomain domain, string name)
        : base(service, domain)
    {
        Name = name;
    }

    /// <summary>Tells the connections of one domain apart in a saved state.</summary>
    public string Name { get; }

    /// <summary>Whether code uses the connection; one that was restored waits for it and keeps its events.</summary>
    internal bool Attached { get; private set; }

    /// <summary>READ: a node's value.</summary>
    /// <param name="path">The node.</param>
    /// <param name="value">A copy of the value; empty on an error.</param>
    /// <param name="transaction">A transaction's number, or 0.</param>
    /// <returns>The error.</returns>
    public XenStoreError Read(string path, out byte[] value, uint transaction = 0)
    {
        using XenStoreHold hold = Service.Hold();
        XenStoreError error = Service.Read(this, transaction, path, out value);
        value = [.. value];
        return error;
    }

    /// <summary>READ of a value that is text.</summary>
    /// <param name="path">The node.</param>
    /// <param name="transaction">A transaction's number, or 0.</param>
    /// <returns>The value, a character for each byte; <see langword="null"/> on any error.</returns>
    public string? ReadText(string path, uint transaction = 0) =>
        Read(path, out byte[] value, transaction) == XenStoreError.None ? XenStoreWire.Text.GetString(value) : null;

    /// <summary>WRITE: sets a node's value; creates it and its parents.</summary>
    /// <param name="path">The node.</param>
    /// <param name="value">The value; copied.</param>
    /// <param name="transaction">A transaction's number, or 0.</param>
    /// <returns>The error.</returns>
    public XenStoreError Write(string path, ReadOnlySpan<byte> value, uint transaction = 0)
    {
        using XenStoreHold hold = Service.Hold();
        return Service.Write(this, transaction, path, value.ToArray());
    }

    /// <summary>WRITE of a text.</summary>
    /// <param name="path">The node.</param>
    /// <param name="value">The text, of characters below 256.</param>
    /// <param name="transaction">A transaction's number, or 0.</param>
    /// <returns>The error.</returns>
    public XenStoreError Write(string path, string value, uint transaction = 0) => Write(path, XenStoreWire.Text.GetBytes(value), transaction);

    /// <summary>MKDIR: creates a node and its parents; one that is there keeps its value.</summary>
    /// <param name="path">The node.</param>
    /// <param name="transaction">A transaction's number, or 0.</param>
    /// <returns>The error.</returns>
    public XenStoreError MakeDirectory(string path, uint transaction = 0)
    {
        using XenStoreHold hold = Service.Hold();
        return Service.MakeDirectory(this, transaction, path);
    }

    /// <summary>RM: removes a node with all below it; none to remove is no error while its parent is there.</summary>
    /// <param name="path">The node.</param>
    /// <param name="transaction">A transaction's number, or 0.</param>
    /// <returns>The error.</returns>
    public XenStoreError Remove(string path, uint transaction = 0)
    {
        using XenStoreHold hold = Service.Hold();
        return Service.Remove(this, transaction, path);
    }

    /// <summary>DIRECTORY: a node's children, however many.</summary>
    /// <param name="path">The node.</param>
    /// <param name="children">Their names in ordinal order; empty on an error.</param>
    /// <param name="transaction">A transaction's number, or 0.</param>
    /// <returns>The error.</returns>
    public XenStoreError Directory(string path, out ImmutableSortedSet<string> children, uint transaction = 0) =>
        Directory(path, out children, out _, transaction);

    /// <summary>DIRECTORY with the node's generation, which every change of the node makes another.</summary>
    /// <param name="path">The node.</param>
    /// <param name="children">The children's names in ordinal order; empty on an error.</param>
    /// <param name="generation">The generation; 0 on an error.</param>
    /// <param name="transaction">A transaction's number, or 0.</param>
    /// <returns>The error.</returns>
    public XenStoreError Directory(string path, out ImmutableSortedSet<string> children, out ulong generation, uint transaction = 0)
    {
        using XenStoreHold hold = Service.Hold();
        return Service.Directory(this, transaction, path, out children, out generation);
    }

    /// <summary>GET_PERMS: a node's permissions.</summary>
    /// <param name="path">The node, or one of the special watches' paths.</param>
    /// <param name="permissions">The permissions, the owner's first; empty on an error.</param>
    /// <param name="transaction">A transaction's number, or 0.</param>
    /// <returns>The error.</returns>
    public XenStoreError GetPermissions(string path, out ImmutableArray<XenStorePermission> permissions, uint transaction = 0)
    {
        using XenStoreHold hold = Service.Hold();
        return Service.GetPermissions(this, transaction, path, out permissions);
    }

    /// <summary>SET_PERMS: sets a node's permissions. Only the node's owner and the control domain may; only the latter gives it another owner.</summary>
    /// <param name="path">The node, or one of the special watches' paths.</param>
    /// <param name="permissions">The permissions, the owner's first.</param>
    /// <param name="transaction">A transaction's number, or 0.</param>
    /// <returns>The error.</returns>
    public XenStoreError SetPermissions(string path, ImmutableArray<XenStorePermission> permissions, uint transaction = 0)
    {
        using XenStoreHold hold = Service.Hold();
        return Service.SetPermissions(this, transaction, path, permissions);
    }

    /// <summary>WATCH: has the callback told of every change of a node and below it, and once at once.</summary>
    /// <param name="path">The node, which need not be there, or a special path.</param>
    /// <param name="token">Comes with each event; with the path it names the watch.</param>
    /// <param name="depth">How many levels below the node count; negative for all.</param>
    /// <returns>The error.</returns>
    public XenStoreError Watch(string path, string token, int depth = -1)
    {
        using XenStoreHold hold = Service.Hold();
        XenStoreError error = Service.AddWatch(this, path, token, depth, out XenStoreWatch? watch);
        if (watch is not null)
            Fire(watch, watch.Path);
        return error;
    }

    /// <summary>UNWATCH: removes a watch; an event that is being delivered on another thread may still come.</summary>
    /// <param name="path">The watch's path.</param>
    /// <param name="token">The watch's token.</param>
    /// <returns>The error.</returns>
    public XenStoreError Unwatch(string path, string token)
    {
        using XenStoreHold hold = Service.Hold();
        return XenStoreService.RemoveWatch(this, path, token);
    }

    /// <summary>RESET_WATCHES: drops the connection's watches and transactions.</summary>
    /// <returns>The error.</returns>
    public new XenStoreError ResetWatches()
    {
        using XenStoreHold hold = Service.Hold();
        return XenStoreService.ResetWatches(this);
    }

    /// <summary>TRANSACTION_START.</summary>
    /// <param name="transaction">The transaction's number, valid on this connection; 0 on an error.</param>
    /// <returns>The error.</returns>
    public XenStoreError StartTransaction(out uint transaction)
    {
        using XenStoreHold hold = Service.Hold();
        return Service.StartTransaction(this, out transaction);
    }

    /// <summary>TRANSACTION_END: the number is not valid any more, whatever the answer.</summary>
    /// <param name="transaction">The transaction's number.</param>
    /// <param name="commit">Whether its changes are made; otherwise they are dropped.</param>
    /// <returns>The error; <see cref="XenStoreError.EAGAIN"/> if a node that it saw or wrote has changed.</returns>
    public XenStoreError EndTransaction(uint transaction, bool commit)
    {
        using XenStoreHold hold = Service.Hold();
        return Service.EndTransaction(this, transaction, commit);
    }

    /// <summary>IS_DOMAIN_INTRODUCED; the control domain's.</summary>
    /// <param name="domain">The domain's id.</param>
    /// <param name="introduced">Whether the store serves it.</param>
    /// <returns>The error.</returns>
    public XenStoreError IsIntroduced(int domain, out bool introduced)
    {
        using XenStoreHold hold = Service.Hold();
        return Service.IsIntroduced(this, domain, out introduced);
    }

    /// <summary>SET_TARGET: gives a domain another's rights too; the control domain's.</summary>
    /// <param name="domain">The domain that gets them.</param>
    /// <param name="target">The domain whose they are.</param>
    /// <returns>The error.</returns>
    public XenStoreError SetTarget(int domain, int target)
    {
        using XenStoreHold hold = Service.Hold();
        return Service.SetTarget(this, domain, target);
    }

    /// <summary>RESUME: a domain that was shut down runs again; the control domain's.</summary>
    /// <param name="domain">The domain's id.</param>
    /// <returns>The error.</returns>
    public XenStoreError Resume(int domain)
    {
        using XenStoreHold hold = Service.Hold();
        return Service.Resume(this, domain);
    }

    /// <summary>RELEASE: <see cref="XenStoreService.Destroy"/> as a request; the control domain's.</summary>
    /// <param name="domain">The domain's id.</param>
    /// <returns>The error.</returns>
    public XenStoreError Release(int domain)
    {
        using XenStoreHold hold = Service.Hold();
        return Service.Release(this, domain);
    }

    /// <summary>Ends the connection with its watches and transactions.</summary>
    public void Close()
    {
        using XenStoreHold hold = Service.Hold();
        if (!Closed)
            End();
    }

    internal void Attach(Action<XenStoreEvent>? onEvent)
    {
        _onEvent = onEvent;
        Attached = true;
    }

    internal override void Deliver()
    {
        bool first = true;
        while (true)
        {
            XenStoreEvent? next = null;
            Action<XenStoreEvent>? onEvent = null;
            using (Service.Hold())
            {
                // One thread delivers at a time, so that events stay in order; the others leave theirs to it.
                if (first && (_delivering || !Attached))
                    return;
                first = false;
                _delivering = Outgoing.First is not null;
                if (Outgoing.First is LinkedListNode<XenStoreOutgoing> head)
                {
                    Outgoing.RemoveFirst();
                    Delivered(head.Value);
                    next = new XenStoreEvent(head.Value.Watch!.PathFor(head.Value.Path!), head.Value.Watch.Token);
                    onEvent = _onEvent;
                }
            }

            if (next is null)
                return;
            bool returned = false;
            try
            {
                onEvent?.Invoke(next.Value);
                returned = true;
            }
            finally
            {
                if (!returned)
                    StopDelivering();
            }
        }
    }

    private void StopDelivering()
    {
        using XenStoreHold hold = Service.Hold();
        _delivering = false;
    }
}
