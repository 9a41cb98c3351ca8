namespace Dominion.Paravirt.Xen.Building;

/// <summary>A domain as its builder leaves it.</summary>
internal sealed record BuiltDomain
{
    /// <summary>The level-4 table, pinned; one more reference is for the first vCPU.</summary>
    public required ulong Root { get; init; }

    /// <summary>The kernel's entry, a linear address.</summary>
    public required ulong Entry { get; init; }

    /// <summary>The top of the first stack.</summary>
    public required ulong Stack { get; init; }

    /// <summary>The linear address of start_info.</summary>
    public required ulong StartInfo { get; init; }

    /// <summary>The frame of the console's ring.</summary>
    public required ulong ConsoleFrame { get; init; }

    /// <summary>The guest's port of the console.</summary>
    public required uint ConsolePort { get; init; }

    /// <summary>Domain-0's port of the console.</summary>
    public required uint ConsoleBackendPort { get; init; }

    /// <summary>Takes the console's events.</summary>
    public required EventConsumer ConsoleConsumer { get; init; }

    /// <summary>The frame of XenStore's ring.</summary>
    public required ulong StoreFrame { get; init; }

    /// <summary>The guest's port of XenStore.</summary>
    public required uint StorePort { get; init; }

    /// <summary>Domain-0's port of XenStore.</summary>
    public required uint StoreBackendPort { get; init; }

    /// <summary>Takes XenStore's events.</summary>
    public required EventConsumer StoreConsumer { get; init; }
}
