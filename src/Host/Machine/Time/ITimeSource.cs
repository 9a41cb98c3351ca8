namespace Dominion.Host.Machine.Time;

/// <summary>Where a machine's time comes from. Safe from any thread.</summary>
internal interface ITimeSource
{
    /// <summary>Nanoseconds since the machine was made; never goes back.</summary>
    long Now { get; }

    /// <summary>Nanoseconds since 1970-01-01 00:00 UTC.</summary>
    long WallClock { get; }

    /// <summary>A timer has been armed that expires before every other of its clock; whoever runs timers must look at the time by then.</summary>
    /// <param name="deadline">When, in nanoseconds of <see cref="Now"/>.</param>
    void Armed(long deadline);
}
