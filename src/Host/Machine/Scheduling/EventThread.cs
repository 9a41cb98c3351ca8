using Dominion.Host.Machine.Time;
using Dominion.Host.Platform;

namespace Dominion.Host.Machine.Scheduling;

/// <summary>The host thread of a domain's events.</summary>
internal sealed class EventThread : IDisposable
{
    private readonly DomainEvents _events;
    private readonly ITimeSource _time;
    private readonly DeadlineWaiter _waiter = new();
    private readonly Thread _thread;

    internal EventThread(string name, DomainEvents events, ITimeSource time)
    {
        _events = events;
        _time = time;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        events.Signal = _waiter.Set;
        events.Clock.EarlierDeadline = _waiter.Set;
    }

    internal void Start() => _thread.Start();

    internal bool Join(TimeSpan limit) => (_thread.ThreadState & ThreadState.Unstarted) != 0 || _thread.Join(limit);

    /// <inheritdoc/>
    public void Dispose()
    {
        _events.Signal = null;
        _waiter.Dispose();
    }

    private void Run()
    {
        while (!_events.IsClosed)
        {
            if (_events.RunPending())
                continue;
            _waiter.Wait(_events.Clock.NextDeadline is { } deadline ? deadline - _time.Now : null);
        }
    }
}
