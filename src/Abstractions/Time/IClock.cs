namespace Dominion.Time;

/// <summary>A machine's time. Devices know no other: under <c>clock: host</c> it follows the host's monotonic clock, under <c>clock: virtual</c> it counts instructions.</summary>
public interface IClock
{
    /// <summary>Nanoseconds since the machine started; never goes back. Safe from any thread.</summary>
    long Now { get; }

    /// <summary>The civil time, in nanoseconds since 1970-01-01 00:00 UTC. Safe from any thread.</summary>
    long WallClock { get; }

    /// <summary>Makes a timer, not armed.</summary>
    /// <param name="callback">Called once for each expiry, under the domain's device lock.</param>
    /// <returns>The timer.</returns>
    ITimer CreateTimer(Action callback);
}
