using System.Collections.Immutable;

namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>A node as it was at one moment; never changes.</summary>
internal sealed record XenStoreNode
{
    /// <summary>The value; never written to.</summary>
    public required byte[] Value { get; init; }

    /// <summary>The permissions; at least one, the owner's first.</summary>
    public required ImmutableArray<XenStorePermission> Permissions { get; init; }

    /// <summary>The children's names, in ordinal order.</summary>
    public ImmutableSortedSet<string> Children { get; init; } = NoChildren;

    /// <summary>The bytes of the children's names with their NULs.</summary>
    public int ChildrenLength { get; init; }

    /// <summary>The generation of the last change of value or permissions, or of creation; unique, never 0.</summary>
    public ulong ContentGeneration { get; init; }

    /// <summary>The generation of the last change of the set of children.</summary>
    public ulong ChildrenGeneration { get; init; }

    /// <summary>The owner's domain id.</summary>
    public int Owner => Permissions[0].Domain;

    /// <summary>The generation of the last change.</summary>
    public ulong Generation => Math.Max(ContentGeneration, ChildrenGeneration);

    /// <summary>The size that the quota counts, in bytes.</summary>
    public int Size => 16 + (8 * Permissions.Length) + Value.Length + ChildrenLength;

    /// <summary>The empty set, in the order that sets of children have.</summary>
    public static ImmutableSortedSet<string> NoChildren { get; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>The node with one child more; itself if it has it.</summary>
    /// <param name="leaf">The child's name.</param>
    /// <param name="generation">The change's generation.</param>
    /// <returns>The node.</returns>
    public XenStoreNode WithChild(string leaf, ulong generation) => Children.Contains(leaf)
        ? this
        : this with { Children = Children.Add(leaf), ChildrenLength = ChildrenLength + leaf.Length + 1, ChildrenGeneration = generation };

    /// <summary>The node with one child less; itself if it does not have it.</summary>
    /// <param name="leaf">The child's name.</param>
    /// <param name="generation">The change's generation.</param>
    /// <returns>The node.</returns>
    public XenStoreNode WithoutChild(string leaf, ulong generation) => Children.Contains(leaf)
        ? this with { Children = Children.Remove(leaf), ChildrenLength = ChildrenLength - leaf.Length - 1, ChildrenGeneration = generation }
        : this;
}
