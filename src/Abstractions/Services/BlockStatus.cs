namespace Dominion.Services;

/// <summary>How an operation on a block store ended.</summary>
public enum BlockStatus
{
    /// <summary>Done.</summary>
    Ok,

    /// <summary>The range is not inside the store, or not of whole sectors.</summary>
    OutOfRange,

    /// <summary>The store is read-only.</summary>
    ReadOnly,

    /// <summary>The host could not do it; the store has logged why.</summary>
    Failed,

    /// <summary>The store does not do that.</summary>
    Unsupported,
}
