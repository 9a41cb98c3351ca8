namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>A change that watches are told of.</summary>
/// <param name="Path">The node.</param>
/// <param name="Removed">Whether the node was removed with all below it.</param>
internal readonly record struct XenStoreChange(string Path, bool Removed);
