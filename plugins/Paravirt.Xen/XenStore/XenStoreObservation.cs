namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>What a transaction saw of a node, and what must therefore be unchanged when it commits.</summary>
[Flags]
internal enum XenStoreObservation
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its value and permissions, or that it was not there.</summary>
    Content = 1,

    /// <summary>The set of its children.</summary>
    Children = 2,
}
