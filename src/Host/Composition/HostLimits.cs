namespace Dominion.Host.Composition;

/// <summary>What the host has to give.</summary>
/// <param name="PhysicalMemoryBytes">The memory that a machine may have at most.</param>
public sealed record HostLimits(ulong PhysicalMemoryBytes)
{
    /// <summary>This process's limits: the computer's memory, or its container's when that is less.</summary>
    public static HostLimits Current => new((ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
}
