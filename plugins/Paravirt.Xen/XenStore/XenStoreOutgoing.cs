namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>A reply or a watch event that waits for its client.</summary>
internal sealed class XenStoreOutgoing
{
    /// <summary>The watch that fired; <see langword="null"/> for a reply.</summary>
    public XenStoreWatch? Watch { get; init; }

    /// <summary>The event's absolute path; <see langword="null"/> for a reply.</summary>
    public string? Path { get; init; }

    /// <summary>The message with its header; for an event on a ring, made when its turn comes.</summary>
    public byte[]? Message { get; set; }

    /// <summary>How many bytes of the message are in the ring already.</summary>
    public int Sent { get; set; }
}
