using System.Collections.Immutable;
using Dominion.Persistence;

namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>Save and restore: nodes, domains, and each connection's watches, transactions and queue.</summary>
internal sealed partial class XenStoreService
{
    private const string Section = "xenstore";
    private const int Version = 1;

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        using XenStoreHold hold = Hold();
        writer.BeginSection(Section, Version);
        writer.Write(_tree.Generation);
        XenStoreState.WriteNodes(writer, XenStoreState.NoNodes, _tree.Nodes);
        writer.Write(_domains.Count);
        foreach (XenStoreDomain domain in _domains.Values)
        {
            writer.Write(domain.Id);
            writer.Write(domain.ShutDown);
            writer.Write(domain.Target);
        }

        XenStoreConnection[] connections = [.. _domains.Values.SelectMany(domain => domain.Connections)];
        writer.Write(connections.Length);
        foreach (XenStoreConnection connection in connections)
            SaveConnection(writer, connection);
    }

    /// <summary>
    /// Replaces the whole state. Connections that are open now go on as the saved ones of the same domain, kind and name; a saved one that has no such
    /// counterpart waits for <see cref="Connect"/> or <see cref="Reattach"/>; an open one that was not saved starts empty, or is closed if its domain
    /// was not there.
    /// </summary>
    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        using XenStoreHold hold = Hold();
        reader.BeginSection(Section, Version);
        ulong generation = reader.ReadUInt64();
        ImmutableDictionary<string, XenStoreNode> nodes = XenStoreState.ReadNodes(reader, XenStoreState.NoNodes);
        List<XenStoreConnection> open = [.. _domains.Values.SelectMany(domain => domain.Connections)];
        SortedDictionary<int, XenStoreDomain> domains = ReadDomains(reader);

        _tree.Load(nodes, generation);
        _domains.Clear();
        foreach ((int id, XenStoreDomain domain) in domains)
            _domains[id] = domain;
        int count = XenStoreState.ReadCount(reader);
        for (int index = 0; index < count; index++)
            RestoreConnection(reader, open);
        foreach (XenStoreConnection connection in open)
        {
            if (domains.TryGetValue(connection.Domain, out XenStoreDomain? domain))
            {
                connection.Reset();
                connection.Reload(domain, [], []);
                domain.Connections.Add(connection);
            }
            else
            {
                connection.End();
            }
        }
    }

    private static void SaveConnection(StateWriter writer, XenStoreConnection connection)
    {
        XenStoreRingConnection? ring = connection as XenStoreRingConnection;
        writer.Write(connection.Domain);
        writer.Write(ring is not null);
        writer.Write((connection as XenStoreManagedConnection)?.Name ?? "");
        writer.Write(connection.NextTransactionId);
        writer.Write(connection.Watches.Count);
        foreach (XenStoreWatch watch in connection.Watches)
        {
            writer.Write(watch.Path);
            writer.Write(watch.Token);
            writer.Write(watch.Depth);
            writer.Write(watch.Prefix);
            writer.Write(connection.Missed.Contains(watch));
        }

        writer.Write(connection.Transactions.Count);
        foreach (XenStoreTransaction transaction in connection.Transactions.Values)
            XenStoreState.WriteTransaction(writer, connection.Service.TreeNodes, transaction);
        writer.Write(connection.Outgoing.Count);
        foreach (XenStoreOutgoing entry in connection.Outgoing)
        {
            // An event that was sent in part may be of a watch that is gone: from then on it is just bytes.
            int watch = entry.Watch is null ? -1 : connection.Watches.IndexOf(entry.Watch);
            writer.Write(entry.Watch is not null);
            writer.Write(watch);
            writer.Write(entry.Path ?? "");
            writer.Write(entry.Message ?? []);
            writer.Write(entry.Sent);
        }

        if (ring is null)
            return;
        writer.Write(ring.RequestConsumer);
        writer.Write(ring.ResponseProducer);
        writer.Write((uint)ring.Error);
        writer.Write(ring.PartialRequest);
    }

    private SortedDictionary<int, XenStoreDomain> ReadDomains(StateReader reader)
    {
        SortedDictionary<int, XenStoreDomain> domains = [];
        int count = XenStoreState.ReadCount(reader);
        for (int index = 0; index < count; index++)
        {
            int id = reader.ReadInt32();
            if (id is < 0 or >= XenStorePermission.FirstReserved)
                throw new InvalidDataException($"{id} is no domain's id");
            domains[id] = new XenStoreDomain { Id = id, Privileged = id == ControlDomain, ShutDown = reader.ReadBoolean(), Target = reader.ReadInt32() };
        }

        if (!domains.ContainsKey(ControlDomain))
            throw new InvalidDataException("the control domain is missing");
        return domains;
    }

    private void RestoreConnection(StateReader reader, List<XenStoreConnection> open)
    {
        int id = reader.ReadInt32();
        bool isRing = reader.ReadBoolean();
        string name = reader.ReadString();
        if (!_domains.TryGetValue(id, out XenStoreDomain? domain))
            throw new InvalidDataException($"a connection's domain {id} is missing");
        XenStoreConnection? connection = open.Find(found => found.Domain == id && (isRing ? found is XenStoreRingConnection : found is XenStoreManagedConnection managed && managed.Name == name));
        if (connection is not null)
            open.Remove(connection);
        else if (isRing)
            connection = new XenStoreRingConnection(this, domain);
        else
            connection = new XenStoreManagedConnection(this, domain, name);
        connection.Reset();
        domain.Connections.Add(connection);
        connection.NextTransactionId = reader.ReadUInt32();

        List<XenStoreWatch> missed = [];
        int watches = XenStoreState.ReadCount(reader);
        for (int index = 0; index < watches; index++)
        {
            XenStoreWatch watch = XenStoreState.ReadWatch(reader);
            connection.Watches.Add(watch);
            if (reader.ReadBoolean())
                missed.Add(watch);
        }

        int transactions = XenStoreState.ReadCount(reader);
        for (int index = 0; index < transactions; index++)
        {
            XenStoreTransaction transaction = XenStoreState.ReadTransaction(reader, _tree, TransactionLimit(domain));
            connection.Transactions[transaction.Id] = transaction;
        }

        List<XenStoreOutgoing> outgoing = [];
        int entries = XenStoreState.ReadCount(reader);
        for (int index = 0; index < entries; index++)
            outgoing.Add(XenStoreState.ReadOutgoing(reader, connection.Watches, isRing));
        connection.Reload(domain, outgoing, missed);
        if (connection is XenStoreRingConnection ring)
            XenStoreState.ReadRing(reader, ring);
    }
}
