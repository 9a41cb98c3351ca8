namespace Dominion.Guests.Tests.Machines;

/// <summary>A theory about Debian's kernels; skipped where they cannot be had.</summary>
public sealed class DebianTheoryAttribute : TheoryAttribute
{
    /// <summary>Decides whether the test runs.</summary>
    public DebianTheoryAttribute()
    {
        Skip = DebianGuests.Missing;
    }
}
