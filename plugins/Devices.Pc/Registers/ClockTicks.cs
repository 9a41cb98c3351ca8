namespace Dominion.Devices.Pc.Registers;

/// <summary>Exact conversions between the clock's nanoseconds and the ticks of a device's oscillator.</summary>
internal static class ClockTicks
{
    /// <summary>The least time between two expiries of a periodic timer, in nanoseconds. A guest may ask for a shorter period: it gets every interrupt that comes after this time, the ones between fall together, and the host is not kept busy.</summary>
    public const long MinimumInterval = 10_000;

    private const long Second = 1_000_000_000;

    /// <summary>How many whole ticks a span of time holds.</summary>
    /// <param name="nanoseconds">The span, not negative.</param>
    /// <param name="frequency">The oscillator's frequency in Hz, under 9 GHz.</param>
    /// <returns>The ticks, rounded down.</returns>
    public static long FromNanoseconds(long nanoseconds, long frequency) =>
        (nanoseconds / Second * frequency) + (nanoseconds % Second * frequency / Second);

    /// <summary>How long a number of ticks takes.</summary>
    /// <param name="ticks">The ticks, not negative.</param>
    /// <param name="frequency">The oscillator's frequency in Hz, under 9 GHz.</param>
    /// <returns>Nanoseconds, rounded up: by then the last tick has come.</returns>
    public static long ToNanoseconds(long ticks, long frequency) =>
        (ticks / frequency * Second) + (((ticks % frequency * Second) + frequency - 1) / frequency);
}
