namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>A watch that fired.</summary>
/// <param name="Path">The path that changed, relative if the watch was.</param>
/// <param name="Token">The watch's token.</param>
internal readonly record struct XenStoreEvent(string Path, string Token);
