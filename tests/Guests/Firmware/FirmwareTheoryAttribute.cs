namespace Dominion.Guests.Tests.Firmware;

/// <summary>A theory about Debian's firmware and boot loaders; skipped where they cannot be had.</summary>
public sealed class FirmwareTheoryAttribute : TheoryAttribute
{
    /// <summary>Decides whether the test runs.</summary>
    public FirmwareTheoryAttribute()
    {
        Skip = FirmwareGuests.Missing;
    }
}
