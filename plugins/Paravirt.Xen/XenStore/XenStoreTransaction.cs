using System.Collections.Immutable;

namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>
/// A view of the tree as it was when the transaction started, with the transaction's own changes. It remembers what it saw of each node: its value and
/// permissions (or that it was not there), or the set of its children; a change of just that part by someone else makes the commit fail. Every operation
/// outside a transaction runs in one of its own too. Guarded by the service's lock.
/// </summary>
internal sealed class XenStoreTransaction
{
    private readonly XenStoreTree _tree;
    private readonly Dictionary<string, XenStoreObservation> _observed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private readonly List<XenStoreChange> _changes = [];
    private readonly HashSet<XenStoreChange> _changeSet = [];

    /// <summary>Starts a transaction.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="id">Its number on its connection; 0 for an operation of its own.</param>
    /// <param name="limit">How many nodes it may touch.</param>
    public XenStoreTransaction(XenStoreTree tree, uint id, int limit)
        : this(tree, id, limit, tree.Nodes, tree.Nodes)
    {
    }

    /// <summary>Continues a transaction that was saved.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="id">Its number on its connection.</param>
    /// <param name="limit">How many nodes it may touch.</param>
    /// <param name="before">The nodes when it started.</param>
    /// <param name="nodes">The nodes as it sees them.</param>
    public XenStoreTransaction(XenStoreTree tree, uint id, int limit, ImmutableDictionary<string, XenStoreNode> before, ImmutableDictionary<string, XenStoreNode> nodes)
    {
        _tree = tree;
        Id = id;
        Limit = limit;
        Before = before;
        Nodes = nodes;
    }

    /// <summary>Its number on its connection.</summary>
    public uint Id { get; }

    /// <summary>How many nodes it may touch.</summary>
    public int Limit { get; }

    /// <summary>Whether it wanted to touch more nodes than <see cref="Limit"/>: the operation fails.</summary>
    public bool Exceeded { get; private set; }

    /// <summary>The nodes when it started.</summary>
    public ImmutableDictionary<string, XenStoreNode> Before { get; }

    /// <summary>The nodes as it sees them.</summary>
    public ImmutableDictionary<string, XenStoreNode> Nodes { get; private set; }

    /// <summary>What it saw of which node.</summary>
    public IReadOnlyDictionary<string, XenStoreObservation> Observed => _observed;

    /// <summary>The nodes that it created, removed or gave another value or other permissions.</summary>
    public IReadOnlyCollection<string> Written => _written;

    /// <summary>What watches are told when it commits, in order.</summary>
    public IReadOnlyList<XenStoreChange> Changes => _changes;

    /// <summary>Looks a node up.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <returns>The node, of which the set of children must not be used, or <see langword="null"/>.</returns>
    public XenStoreNode? Find(string path)
    {
        Observe(path, XenStoreObservation.Content);
        return Nodes.GetValueOrDefault(path);
    }

    /// <summary>Looks a node up, to use the set of its children.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <returns>The node or <see langword="null"/>.</returns>
    public XenStoreNode? FindWithChildren(string path)
    {
        Observe(path, XenStoreObservation.Content | XenStoreObservation.Children);
        return Nodes.GetValueOrDefault(path);
    }

    /// <summary>Looks a node's size up, which depends on the set of its children.</summary>
    /// <param name="path">The absolute path of a node that is there.</param>
    /// <returns>Bytes, as the quota counts.</returns>
    public int SizeOf(string path) => Nodes[path].Size;

    /// <summary>Creates a node whose parent is there.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <param name="value">Its value.</param>
    /// <param name="permissions">Its permissions.</param>
    public void Create(string path, byte[] value, ImmutableArray<XenStorePermission> permissions)
    {
        string parent = XenStorePath.ParentOf(path);
        ulong generation = _tree.NextGeneration();
        XenStoreNode node = new() { Value = value, Permissions = permissions, ContentGeneration = generation, ChildrenGeneration = generation };
        Nodes = Nodes.SetItem(path, node).SetItem(parent, Nodes[parent].WithChild(XenStorePath.LeafOf(path), generation));
        MarkWritten(path);
    }

    /// <summary>Gives a node that is there a value and permissions.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <param name="value">The value.</param>
    /// <param name="permissions">The permissions.</param>
    public void SetContent(string path, byte[] value, ImmutableArray<XenStorePermission> permissions)
    {
        Nodes = Nodes.SetItem(path, Nodes[path] with { Value = value, Permissions = permissions, ContentGeneration = _tree.NextGeneration() });
        MarkWritten(path);
    }

    /// <summary>Removes a node that is there, with all below it.</summary>
    /// <param name="path">Its absolute path, not the root.</param>
    public void Remove(string path)
    {
        Stack<string> rest = new([path]);
        while (rest.TryPop(out string? current))
        {
            XenStoreNode node = FindWithChildren(current)!;
            foreach (string leaf in node.Children)
                rest.Push(XenStorePath.Child(current, leaf));
            Nodes = Nodes.Remove(current);
            MarkWritten(current);
        }

        string parent = XenStorePath.ParentOf(path);
        Nodes = Nodes.SetItem(parent, Nodes[parent].WithoutChild(XenStorePath.LeafOf(path), _tree.NextGeneration()));
    }

    /// <summary>Notes a change for the watches; the same one again counts once.</summary>
    /// <param name="change">The change.</param>
    public void Note(XenStoreChange change)
    {
        if (_changeSet.Add(change))
            _changes.Add(change);
    }

    /// <summary>Takes back what an operation did that failed.</summary>
    /// <param name="nodes">The nodes before it.</param>
    public void Revert(ImmutableDictionary<string, XenStoreNode> nodes)
    {
        Nodes = nodes;
        Exceeded = false;
    }

    /// <summary>How many nodes more a domain owns because of this transaction.</summary>
    /// <param name="owner">The domain.</param>
    /// <returns>The difference.</returns>
    public int OwnedMore(int owner)
    {
        int more = 0;
        foreach (string path in _written)
        {
            if (Nodes.TryGetValue(path, out XenStoreNode? now) && now.Owner == owner)
                more++;
            if (Before.TryGetValue(path, out XenStoreNode? then) && then.Owner == owner)
                more--;
        }

        return more;
    }

    /// <summary>Puts back what a saved transaction had seen and done.</summary>
    /// <param name="observed">What it saw.</param>
    /// <param name="written">What it wrote.</param>
    /// <param name="changes">What watches are told.</param>
    public void Reload(IEnumerable<KeyValuePair<string, XenStoreObservation>> observed, IEnumerable<string> written, IEnumerable<XenStoreChange> changes)
    {
        foreach ((string path, XenStoreObservation observation) in observed)
            _observed[path] = observation;
        _written.UnionWith(written);
        foreach (XenStoreChange change in changes)
            Note(change);
    }

    private void Observe(string path, XenStoreObservation observation)
    {
        XenStoreObservation known = _observed.GetValueOrDefault(path);
        if (known == XenStoreObservation.None && _observed.Count >= Limit)
            Exceeded = true;
        else
            _observed[path] = known | observation;
    }

    // Every written node was looked up before, so this set is bounded as the observed one is.
    private void MarkWritten(string path) => _written.Add(path);
}
