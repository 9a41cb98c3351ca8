namespace Dominion.Guests.Tests.Firmware;

/// <summary>A fact about Debian's firmware and boot loaders; skipped where they cannot be had.</summary>
public sealed class FirmwareFactAttribute : FactAttribute
{
    /// <summary>Decides whether the test runs.</summary>
    public FirmwareFactAttribute()
    {
        Skip = FirmwareGuests.Missing;
    }
}
