namespace Dominion.Guests.Tests.Machines;

/// <summary>A fact about Debian's kernels; skipped where they cannot be had.</summary>
public sealed class DebianFactAttribute : FactAttribute
{
    /// <summary>Decides whether the test runs.</summary>
    public DebianFactAttribute()
    {
        Skip = DebianGuests.Missing;
    }
}
