namespace Dominion.Paravirt.Xen.Paging;

/// <summary>The cached translations of all of a domain's vCPUs.</summary>
internal interface IFlushTarget
{
    /// <summary>Counts the flushes of everything, from 1; wraps past 0.</summary>
    uint Epoch { get; }

    /// <summary>Drops every cached translation of every vCPU, and comes back when none is used any more.</summary>
    void FlushEverywhere();
}
