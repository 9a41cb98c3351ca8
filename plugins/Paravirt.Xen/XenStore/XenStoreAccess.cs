namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>Rights to a node (docs/misc/xenstore.txt, permissions).</summary>
[Flags]
internal enum XenStoreAccess
{
    /// <summary>None: <c>n</c>.</summary>
    None = 0,

    /// <summary>To read: <c>r</c>.</summary>
    Read = 1,

    /// <summary>To write: <c>w</c>.</summary>
    Write = 2,

    /// <summary>To read and write: <c>b</c>.</summary>
    Both = Read | Write,

    /// <summary>To set permissions; never stored, it follows from being the first entry.</summary>
    Owner = 4,
}
