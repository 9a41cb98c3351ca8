namespace Dominion.Time;

/// <summary>A one-shot timer of an <see cref="IClock"/>. Safe to call from any thread.</summary>
public interface ITimer : IDisposable
{
    /// <summary>Arms the timer, or moves it. A deadline in the past expires at once (but never inside this call).</summary>
    /// <param name="deadline">When, in nanoseconds of <see cref="IClock.Now"/>.</param>
    void Schedule(long deadline);

    /// <summary>Disarms the timer. A callback under way on another thread may still finish.</summary>
    void Cancel();

    /// <summary>When the timer will expire, or null when it is not armed.</summary>
    long? Deadline { get; }
}
