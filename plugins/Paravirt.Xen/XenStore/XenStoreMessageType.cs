namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>The types of messages (xen/include/public/io/xs_wire.h, xsd_sockmsg_type). 20, RESTRICT, was removed from the protocol.</summary>
internal enum XenStoreMessageType : uint
{
    /// <summary>A command to the server; optional.</summary>
    Control = 0,

    /// <summary>The names of a node's children.</summary>
    Directory = 1,

    /// <summary>A node's value.</summary>
    Read = 2,

    /// <summary>A node's permissions.</summary>
    GetPermissions = 3,

    /// <summary>Add a watch.</summary>
    Watch = 4,

    /// <summary>Remove a watch.</summary>
    Unwatch = 5,

    /// <summary>Start a transaction.</summary>
    TransactionStart = 6,

    /// <summary>Commit or drop a transaction.</summary>
    TransactionEnd = 7,

    /// <summary>Start to serve a domain.</summary>
    Introduce = 8,

    /// <summary>Stop serving a domain.</summary>
    Release = 9,

    /// <summary>The path that a domain's relative paths start from.</summary>
    GetDomainPath = 10,

    /// <summary>Set a node's value; creates the node and its parents.</summary>
    Write = 11,

    /// <summary>Create a node and its parents.</summary>
    MakeDirectory = 12,

    /// <summary>Remove a node and all below it.</summary>
    Remove = 13,

    /// <summary>Set a node's permissions.</summary>
    SetPermissions = 14,

    /// <summary>Server to client: a watch fired.</summary>
    WatchEvent = 15,

    /// <summary>Server to client: the request failed.</summary>
    Error = 16,

    /// <summary>Whether a domain is served.</summary>
    IsDomainIntroduced = 17,

    /// <summary>A domain that was shut down runs again.</summary>
    Resume = 18,

    /// <summary>Give a domain the rights of another.</summary>
    SetTarget = 19,

    /// <summary>Drop the caller's watches and transactions.</summary>
    ResetWatches = 21,

    /// <summary>A part of a long list of children; optional.</summary>
    DirectoryPart = 22,
}
