namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>One client's state: its watches, its transactions and the events that wait for it. All of it is guarded by the service's lock.</summary>
internal abstract class XenStoreConnection
{
    private readonly HashSet<(XenStoreWatch Watch, string Path)> _waiting = [];
    private readonly List<XenStoreWatch> _missed = [];
    private int _events;

    /// <summary>Makes a connection of a domain.</summary>
    /// <param name="service">The service.</param>
    /// <param name="domain">The domain.</param>
    private protected XenStoreConnection(XenStoreService service, XenStoreDomain domain)
    {
        Service = service;
        Owner = domain;
    }

    /// <summary>The domain's id.</summary>
    public int Domain => Owner.Id;

    /// <summary>Whether the connection ended; every call answers <see cref="XenStoreError.EIO"/>.</summary>
    public bool Closed { get; private set; }

    /// <summary>The service.</summary>
    internal XenStoreService Service { get; }

    /// <summary>The domain.</summary>
    internal XenStoreDomain Owner { get; private set; }

    /// <summary>The watches in the order they were made.</summary>
    internal List<XenStoreWatch> Watches { get; } = [];

    /// <summary>The open transactions by number.</summary>
    internal SortedDictionary<uint, XenStoreTransaction> Transactions { get; } = [];

    /// <summary>The number that the next transaction gets, if it is free.</summary>
    internal uint NextTransactionId { get; set; } = 1;

    /// <summary>The watches of which events were left out because too many wait.</summary>
    internal IReadOnlyList<XenStoreWatch> Missed => _missed;

    /// <summary>What waits to be delivered.</summary>
    internal LinkedList<XenStoreOutgoing> Outgoing { get; } = [];

    /// <summary>
    /// Queues an event. An equal one that waits already is enough, but for the special ones, whose order says which domains are there. When too many
    /// wait, the watch fires for its own path later.
    /// </summary>
    /// <param name="watch">One of <see cref="Watches"/>.</param>
    /// <param name="path">The absolute path, equal to or below the watch's.</param>
    internal void Fire(XenStoreWatch watch, string path)
    {
        if (_missed.Contains(watch) || _waiting.Contains((watch, path)))
            return;
        string told = watch.PathFor(path);
        if (told.Length + watch.Token.Length + 2 > XenStoreWire.PayloadMaximum)
            return;
        Service.MarkReady(this);
        if (_events >= Service.Quota.QueuedEvents)
            _missed.Add(watch);
        else
            Enqueue(new XenStoreOutgoing { Watch = watch, Path = path });
    }

    /// <summary>Notes that an entry of <see cref="Outgoing"/> was delivered or dropped.</summary>
    /// <param name="entry">The entry, taken out of the queue.</param>
    internal void Delivered(XenStoreOutgoing entry)
    {
        if (entry.Watch is null)
            return;
        _events--;
        _waiting.Remove((entry.Watch, entry.Path!));
        if (_missed is [XenStoreWatch missed, ..] && _events < Service.Quota.QueuedEvents)
        {
            _missed.RemoveAt(0);
            Enqueue(new XenStoreOutgoing { Watch = missed, Path = missed.Path });
        }
    }

    /// <summary>Removes a watch and its events that wait.</summary>
    /// <param name="watch">The watch.</param>
    internal void Forget(XenStoreWatch watch)
    {
        Watches.Remove(watch);
        _missed.Remove(watch);
        for (LinkedListNode<XenStoreOutgoing>? node = Outgoing.First; node is not null;)
        {
            LinkedListNode<XenStoreOutgoing>? next = node.Next;
            // What was sent in part must be sent whole.
            if (node.Value.Watch == watch && node.Value.Sent == 0)
            {
                Outgoing.Remove(node);
                Delivered(node.Value);
            }

            node = next;
        }

        Service.MarkReady(this);
    }

    /// <summary>Drops watches and transactions.</summary>
    internal void ResetWatches()
    {
        while (Watches is [.., XenStoreWatch last])
            Forget(last);
        Transactions.Clear();
    }

    /// <summary>Drops everything that belongs to the client.</summary>
    internal virtual void Reset()
    {
        ResetWatches();
        Outgoing.Clear();
        _waiting.Clear();
        _missed.Clear();
        _events = 0;
        NextTransactionId = 1;
    }

    /// <summary>Ends the connection.</summary>
    internal virtual void End()
    {
        Reset();
        Closed = true;
        Owner.Connections.Remove(this);
    }

    /// <summary>Delivers what waits. Called without the service's lock.</summary>
    internal abstract void Deliver();

    /// <summary>Puts a queue back that was saved.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="outgoing">The queue.</param>
    /// <param name="missed">The watches of which events were left out.</param>
    internal void Reload(XenStoreDomain domain, IEnumerable<XenStoreOutgoing> outgoing, IEnumerable<XenStoreWatch> missed)
    {
        Owner = domain;
        foreach (XenStoreOutgoing entry in outgoing)
            Enqueue(entry);
        _missed.AddRange(missed);
        if (Outgoing.Count > 0)
            Service.MarkReady(this);
    }

    private void Enqueue(XenStoreOutgoing entry)
    {
        Outgoing.AddLast(entry);
        if (entry.Watch is null)
            return;
        _events++;
        if (entry.Path![0] != '@')
            _waiting.Add((entry.Watch, entry.Path));
    }
}
