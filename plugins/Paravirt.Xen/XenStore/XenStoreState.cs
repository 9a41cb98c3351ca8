using System.Collections.Immutable;
using Dominion.Persistence;

namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>The parts of the store's saved state. Nodes are saved as what differs from other nodes: a transaction shares most with the tree.</summary>
internal static class XenStoreState
{
    /// <summary>No nodes, to which all nodes are the difference.</summary>
    public static ImmutableDictionary<string, XenStoreNode> NoNodes { get; } = ImmutableDictionary.Create<string, XenStoreNode>(StringComparer.Ordinal);

    /// <summary>Reads a count of things that follow.</summary>
    /// <param name="reader">The reader.</param>
    /// <returns>The count.</returns>
    public static int ReadCount(StateReader reader)
    {
        int count = reader.ReadInt32();
        return count >= 0 ? count : throw new InvalidDataException($"a count of {count} is out of range");
    }

    /// <summary>Writes how nodes differ from others.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="from">The others.</param>
    /// <param name="to">The nodes.</param>
    public static void WriteNodes(StateWriter writer, ImmutableDictionary<string, XenStoreNode> from, ImmutableDictionary<string, XenStoreNode> to)
    {
        string[] removed = [.. from.Keys.Where(path => !to.ContainsKey(path)).Order(StringComparer.Ordinal)];
        string[] changed = [.. to.Keys.Where(path => !ReferenceEquals(to[path], from.GetValueOrDefault(path))).Order(StringComparer.Ordinal)];
        writer.Write(removed.Length);
        foreach (string path in removed)
            writer.Write(path);
        writer.Write(changed.Length);
        foreach (string path in changed)
        {
            XenStoreNode node = to[path];
            writer.Write(path);
            writer.Write(node.Value.AsSpan());
            writer.Write(node.ContentGeneration);
            writer.Write(node.ChildrenGeneration);
            writer.Write(node.Permissions.Length);
            foreach (XenStorePermission permission in node.Permissions)
                writer.Write(permission.ToString());
            writer.Write(node.Children.Count);
            foreach (string leaf in node.Children)
                writer.Write(leaf);
        }
    }

    /// <summary>Reads nodes and checks that they are a tree.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="from">What they were written as the difference to.</param>
    /// <returns>The nodes.</returns>
    public static ImmutableDictionary<string, XenStoreNode> ReadNodes(StateReader reader, ImmutableDictionary<string, XenStoreNode> from)
    {
        ImmutableDictionary<string, XenStoreNode>.Builder nodes = from.ToBuilder();
        int removed = ReadCount(reader);
        for (int index = 0; index < removed; index++)
            nodes.Remove(reader.ReadString());
        int changed = ReadCount(reader);
        for (int index = 0; index < changed; index++)
            nodes[ReadPath(reader)] = ReadNode(reader);
        CheckTree(nodes);
        return nodes.ToImmutable();
    }

    /// <summary>Writes a transaction.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="tree">The tree's nodes.</param>
    /// <param name="transaction">The transaction.</param>
    public static void WriteTransaction(StateWriter writer, ImmutableDictionary<string, XenStoreNode> tree, XenStoreTransaction transaction)
    {
        writer.Write(transaction.Id);
        WriteNodes(writer, tree, transaction.Before);
        WriteNodes(writer, transaction.Before, transaction.Nodes);
        writer.Write(transaction.Observed.Count);
        foreach ((string path, XenStoreObservation observation) in transaction.Observed.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Write(path);
            writer.Write((byte)observation);
        }

        writer.Write(transaction.Written.Count);
        foreach (string path in transaction.Written.Order(StringComparer.Ordinal))
            writer.Write(path);
        writer.Write(transaction.Changes.Count);
        foreach (XenStoreChange change in transaction.Changes)
        {
            writer.Write(change.Path);
            writer.Write(change.Removed);
        }
    }

    /// <summary>Reads a transaction.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="tree">The tree, restored.</param>
    /// <param name="limit">How many nodes it may touch.</param>
    /// <returns>The transaction.</returns>
    public static XenStoreTransaction ReadTransaction(StateReader reader, XenStoreTree tree, int limit)
    {
        uint id = reader.ReadUInt32();
        if (id == 0)
            throw new InvalidDataException("0 is no transaction's number");
        ImmutableDictionary<string, XenStoreNode> before = ReadNodes(reader, tree.Nodes);
        XenStoreTransaction transaction = new(tree, id, limit, before, ReadNodes(reader, before));
        List<KeyValuePair<string, XenStoreObservation>> observed = [];
        int count = ReadCount(reader);
        for (int index = 0; index < count; index++)
            observed.Add(new(ReadPath(reader), (XenStoreObservation)reader.ReadByte()));
        List<string> written = [];
        count = ReadCount(reader);
        for (int index = 0; index < count; index++)
            written.Add(ReadPath(reader));
        List<XenStoreChange> changes = [];
        count = ReadCount(reader);
        for (int index = 0; index < count; index++)
            changes.Add(new XenStoreChange(ReadPath(reader), reader.ReadBoolean()));
        transaction.Reload(observed, written, changes);
        return transaction;
    }

    /// <summary>Reads a watch.</summary>
    /// <param name="reader">The reader.</param>
    /// <returns>The watch.</returns>
    public static XenStoreWatch ReadWatch(StateReader reader)
    {
        XenStoreWatch watch = new() { Path = ReadPath(reader), Token = reader.ReadString(), Depth = reader.ReadInt32(), Prefix = reader.ReadInt32() };
        return watch.Prefix >= 0 && watch.Prefix <= watch.Path.Length ? watch : throw new InvalidDataException($"the watch of '{watch.Path}' is damaged");
    }

    /// <summary>Reads an entry of a connection's queue.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="watches">The connection's watches.</param>
    /// <param name="ring">Whether the connection is a ring.</param>
    /// <returns>The entry.</returns>
    public static XenStoreOutgoing ReadOutgoing(StateReader reader, List<XenStoreWatch> watches, bool ring)
    {
        bool isEvent = reader.ReadBoolean();
        int index = reader.ReadInt32();
        string path = reader.ReadString();
        byte[] message = reader.ReadBytes();
        int sent = reader.ReadInt32();
        bool known = index >= 0 && index < watches.Count && XenStorePath.IsWithin(path, watches[index].Path);
        bool valid = (message.Length is 0 or >= XenStoreMessageHeader.Size)
            && sent >= 0
            && sent <= message.Length
            && (isEvent ? known || (index == -1 && message.Length > 0) : message.Length > 0)
            && (ring || (isEvent && known));
        if (!valid)
            throw new InvalidDataException("a queued message is damaged");
        XenStoreWatch? gone = isEvent && !known ? new XenStoreWatch { Path = path, Token = "" } : null;
        return new XenStoreOutgoing
        {
            Watch = isEvent ? gone ?? watches[index] : null,
            Path = isEvent ? path : null,
            Message = message.Length == 0 ? null : message,
            Sent = sent,
        };
    }

    /// <summary>Reads a ring's indices and its unfinished request.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="ring">The ring, its queue restored.</param>
    public static void ReadRing(StateReader reader, XenStoreRingConnection ring)
    {
        uint consumer = reader.ReadUInt32();
        uint producer = reader.ReadUInt32();
        XenStoreRingError error = (XenStoreRingError)reader.ReadUInt32();
        byte[] partial = reader.ReadBytes();
        if (partial.Length >= XenStoreMessageHeader.Size + XenStoreWire.PayloadMaximum)
            throw new InvalidDataException("an unfinished request is too long");
        ring.ReloadRing(consumer, producer, error, partial);
    }

    private static string ReadPath(StateReader reader)
    {
        string path = reader.ReadString();
        bool valid = path is ['/' or '@', ..] && !path.Contains("//", StringComparison.Ordinal) && (path == XenStorePath.Root || path[^1] != '/');
        return valid ? path : throw new InvalidDataException($"'{path}' is no absolute path");
    }

    private static XenStoreNode ReadNode(StateReader reader)
    {
        byte[] value = reader.ReadBytes();
        ulong content = reader.ReadUInt64();
        ulong children = reader.ReadUInt64();
        int count = ReadCount(reader);
        if (count == 0)
            throw new InvalidDataException("a node has no permissions");
        List<XenStorePermission> permissions = [];
        for (int index = 0; index < count; index++)
        {
            string text = reader.ReadString();
            if (!XenStorePermission.TryParse(text, out XenStorePermission permission))
                throw new InvalidDataException($"'{text}' is no permission");
            permissions.Add(permission);
        }

        XenStoreNode node = new() { Value = value, Permissions = [.. permissions], ContentGeneration = content };
        count = ReadCount(reader);
        for (int index = 0; index < count; index++)
            node = node.WithChild(reader.ReadString(), children);
        return node with { ChildrenGeneration = children };
    }

    private static void CheckTree(ImmutableDictionary<string, XenStoreNode>.Builder nodes)
    {
        int children = 0;
        foreach (string path in (string[])[XenStorePath.Root, XenStorePath.IntroduceDomain, XenStorePath.ReleaseDomain])
        {
            if (!nodes.ContainsKey(path))
                throw new InvalidDataException($"the node {path} is missing");
        }

        foreach ((string path, XenStoreNode node) in nodes)
        {
            children += node.Children.Count;
            bool top = path == XenStorePath.Root || path is XenStorePath.IntroduceDomain or XenStorePath.ReleaseDomain;
            if (!top && !(path[0] == '/' && nodes.TryGetValue(XenStorePath.ParentOf(path), out XenStoreNode? parent) && parent.Children.Contains(XenStorePath.LeafOf(path))))
                throw new InvalidDataException($"the node {path} is not in its parent");
        }

        // Each node but the three at the top is in its parent; if no parent names more, every name is a node's.
        if (children != nodes.Count - 3)
            throw new InvalidDataException("a node's child is missing");
    }
}
