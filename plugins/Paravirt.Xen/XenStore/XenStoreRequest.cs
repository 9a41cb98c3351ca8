namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>A request that was copied out of a ring.</summary>
/// <param name="header">The header; its length is the payload's.</param>
/// <param name="payload">The payload.</param>
internal readonly ref struct XenStoreRequest(XenStoreMessageHeader header, ReadOnlySpan<byte> payload)
{
    /// <summary>The header.</summary>
    public XenStoreMessageHeader Header { get; } = header;

    /// <summary>The payload.</summary>
    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>Takes a payload that is one text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Whether the only NUL is the last byte.</returns>
    public bool TryOne(out string text)
    {
        bool one = Payload.IndexOf((byte)0) == Payload.Length - 1 && !Payload.IsEmpty;
        text = one ? XenStoreWire.Text.GetString(Payload[..^1]) : "";
        return one;
    }

    /// <summary>Takes a payload that is one domain id in decimal.</summary>
    /// <param name="domain">The id.</param>
    /// <returns>Whether it is one.</returns>
    public bool TryDomain(out int domain)
    {
        domain = 0;
        return TryOne(out string text) && XenStorePermission.TryParseDomain(text, out domain);
    }
}
