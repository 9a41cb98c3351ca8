using System.Collections.Immutable;

namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>The nodes, apart from who may ask for them and how. Guarded by the service's lock.</summary>
internal sealed class XenStoreTree
{
    private readonly Dictionary<int, int> _owned = [];

    /// <summary>Makes the tree that a store starts with: the root and the nodes that hold the special watches' permissions.</summary>
    /// <param name="controlDomain">The owner of them all.</param>
    public XenStoreTree(int controlDomain)
    {
        ImmutableArray<XenStorePermission> permissions = [new(controlDomain, XenStoreAccess.None)];
        ImmutableDictionary<string, XenStoreNode>.Builder nodes = ImmutableDictionary.CreateBuilder<string, XenStoreNode>(StringComparer.Ordinal);
        foreach (string path in (string[])[XenStorePath.Root, XenStorePath.IntroduceDomain, XenStorePath.ReleaseDomain])
        {
            ulong generation = NextGeneration();
            nodes[path] = new XenStoreNode { Value = [], Permissions = permissions, ContentGeneration = generation, ChildrenGeneration = generation };
        }

        Load(nodes.ToImmutable(), Generation);
    }

    /// <summary>The nodes by absolute or special path.</summary>
    public ImmutableDictionary<string, XenStoreNode> Nodes { get; private set; } = ImmutableDictionary.Create<string, XenStoreNode>(StringComparer.Ordinal);

    /// <summary>The last generation given out.</summary>
    public ulong Generation { get; private set; }

    /// <summary>A new generation.</summary>
    /// <returns>The generation, never given out before.</returns>
    public ulong NextGeneration() => ++Generation;

    /// <summary>How many nodes a domain owns.</summary>
    /// <param name="owner">The domain.</param>
    /// <returns>The count.</returns>
    public int OwnedBy(int owner) => _owned.GetValueOrDefault(owner);

    /// <summary>Replaces all nodes.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="generation">The last generation given out.</param>
    public void Load(ImmutableDictionary<string, XenStoreNode> nodes, ulong generation)
    {
        Nodes = nodes;
        Generation = generation;
        _owned.Clear();
        foreach (XenStoreNode node in nodes.Values)
            Count(node.Owner, 1);
    }

    /// <summary>Whether what a transaction saw is no longer so.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <returns>Whether it conflicts.</returns>
    public bool Conflicts(XenStoreTransaction transaction)
    {
        foreach ((string path, XenStoreObservation observation) in transaction.Observed)
        {
            XenStoreNode? then = transaction.Before.GetValueOrDefault(path);
            XenStoreNode? now = Nodes.GetValueOrDefault(path);
            if (then?.ContentGeneration != now?.ContentGeneration)
                return true;
            if (observation.HasFlag(XenStoreObservation.Children) && then?.ChildrenGeneration != now?.ChildrenGeneration)
                return true;
        }

        return false;
    }

    /// <summary>Makes a transaction's changes everyone's.</summary>
    /// <param name="transaction">A transaction that does not conflict.</param>
    public void Apply(XenStoreTransaction transaction)
    {
        // A path is longer than its parent's: by length, children go before parents and come after them. A parent whose children the transaction did
        // not look at may have others now, so names are added and taken out, not the set replaced.
        string[] written = [.. transaction.Written.OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal)];
        ImmutableDictionary<string, XenStoreNode>.Builder nodes = Nodes.ToBuilder();
        foreach (string path in written.Reverse())
        {
            if (transaction.Nodes.ContainsKey(path) || !nodes.Remove(path, out XenStoreNode? gone))
                continue;
            Count(gone.Owner, -1);
            string parent = XenStorePath.ParentOf(path);
            if (nodes.TryGetValue(parent, out XenStoreNode? above))
                nodes[parent] = above.WithoutChild(XenStorePath.LeafOf(path), NextGeneration());
        }

        foreach (string path in written)
        {
            if (!transaction.Nodes.TryGetValue(path, out XenStoreNode? node) || node.ContentGeneration == transaction.Before.GetValueOrDefault(path)?.ContentGeneration)
                continue;
            ulong generation = NextGeneration();
            if (nodes.TryGetValue(path, out XenStoreNode? old))
            {
                Count(old.Owner, -1);
                nodes[path] = old with { Value = node.Value, Permissions = node.Permissions, ContentGeneration = generation };
            }
            else
            {
                nodes[path] = new XenStoreNode { Value = node.Value, Permissions = node.Permissions, ContentGeneration = generation, ChildrenGeneration = generation };
                string parent = XenStorePath.ParentOf(path);
                nodes[parent] = nodes[parent].WithChild(XenStorePath.LeafOf(path), generation);
            }

            Count(node.Owner, 1);
        }

        Nodes = nodes.ToImmutable();
    }

    private void Count(int owner, int more)
    {
        int count = _owned.GetValueOrDefault(owner) + more;
        if (count == 0)
            _owned.Remove(owner);
        else
            _owned[owner] = count;
    }
}
