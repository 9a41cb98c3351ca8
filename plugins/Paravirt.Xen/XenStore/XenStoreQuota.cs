namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>What one domain that is not the control domain may use at most; the defaults are xenstored's.</summary>
internal sealed record XenStoreQuota
{
    /// <summary>Nodes that it owns.</summary>
    public int Nodes { get; init; } = 1000;

    /// <summary>Watches.</summary>
    public int Watches { get; init; } = 128;

    /// <summary>Open transactions.</summary>
    public int Transactions { get; init; } = 10;

    /// <summary>Nodes that one transaction may touch.</summary>
    public int TransactionNodes { get; init; } = 1024;

    /// <summary>Replies that wait for the guest to read them before its next request is read; holds for every ring.</summary>
    public int OutstandingRequests { get; init; } = 20;

    /// <summary>Entries in a node's permissions.</summary>
    public int Permissions { get; init; } = 5;

    /// <summary>A node's size in bytes: 16, 8 for each permission, the value, the children's names with their NULs.</summary>
    public int NodeSize { get; init; } = 2048;

    /// <summary>Watch events that wait for one connection; beyond them each watch is remembered once. Holds for every connection.</summary>
    public int QueuedEvents { get; init; } = 1024;
}
