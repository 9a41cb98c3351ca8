namespace Dominion.Guests.Tests.Firmware;

/// <summary>A fact that takes minutes: tried when the environment variable DOMINION_LONG is set.</summary>
public sealed class LongFirmwareFactAttribute : FactAttribute
{
    private const string Variable = "DOMINION_LONG";

    /// <summary>Decides whether the test runs.</summary>
    public LongFirmwareFactAttribute()
    {
        Skip = FirmwareGuests.Missing ?? (Environment.GetEnvironmentVariable(Variable) is null ? $"takes minutes: set {Variable} to try it" : null);
    }
}
