using System.Diagnostics;
using Dominion.Domains;
using Dominion.Host.Machine.Time;
using Dominion.Persistence;

namespace Dominion.Host.Machine.Scheduling;

/// <summary>Runs a machine in the host's time: a thread for each vCPU, and one for each domain's events.</summary>
internal sealed class HostScheduler : IScheduler
{
    private readonly List<EventThread> _events = [];
    private readonly List<DomainEvents> _domains = [];
    private readonly List<VcpuThread> _vcpus = [];

    /// <inheritdoc/>
    public ITimeSource Time { get; } = new HostTimeSource();

    /// <inheritdoc/>
    public IVcpuGroup Add(string name, DomainEvents events, IReadOnlyList<IVcpu> vcpus, Action<int, Exception?> onDead)
    {
        _events.Add(new EventThread(name, events, Time));
        _domains.Add(events);
        VcpuThread[] threads = [.. vcpus.Select((vcpu, index) => new VcpuThread($"{name}/{index}", vcpu, defect => onDead(index, defect)))];
        _vcpus.AddRange(threads);
        return new Group(threads);
    }

    /// <inheritdoc/>
    public void Start()
    {
        foreach (EventThread thread in _events)
            thread.Start();
        foreach (VcpuThread thread in _vcpus)
            thread.Start();
    }

    /// <inheritdoc/>
    public void RunAlone(Action action)
    {
        while (!TryRunAlone(action))
        {
            // A request came in while the threads gathered, a guest's power-off among what that may be: it goes first.
        }
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer) => writer.BeginSection("host-scheduler", 1);

    /// <inheritdoc/>
    public void Restore(StateReader reader) => reader.BeginSection("host-scheduler", 1);

    /// <inheritdoc/>
    public bool Join(TimeSpan limit)
    {
        Stopwatch watch = Stopwatch.StartNew();
        bool all = true;
        foreach (VcpuThread thread in _vcpus)
            all &= thread.Join(Rest());
        foreach (EventThread thread in _events)
            all &= thread.Join(Rest());
        return all;

        TimeSpan Rest() => watch.Elapsed < limit ? limit - watch.Elapsed : TimeSpan.Zero;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (EventThread thread in _events)
            thread.Dispose();
    }

    private bool TryRunAlone(Action action)
    {
        Gathering gathering = new(_domains.Count);
        foreach (VcpuThread thread in _vcpus)
            thread.Hold();
        try
        {
            foreach (DomainEvents events in _domains)
            {
                if (!events.Request(gathering.Arrive))
                    gathering.Excuse();
            }
            gathering.WaitForAll();
            foreach (VcpuThread thread in _vcpus)
                thread.WaitUntilHeld();
            // One domain's posted action may post to another.
            while (_domains.Exists(events => events.HasPosts))
                _domains.ForEach(events => events.RunPostsAlone());
            if (_domains.Exists(events => events.HasRequests))
                return false;
            action();
            return true;
        }
        finally
        {
            gathering.End();
            foreach (VcpuThread thread in _vcpus)
                thread.Release();
        }
    }

    private sealed class Group(VcpuThread[] threads) : IVcpuGroup
    {
        public void Hold() => Array.ForEach(threads, thread => thread.Hold());

        public void WaitUntilHeld() => Array.ForEach(threads, thread => thread.WaitUntilHeld());

        public void Release() => Array.ForEach(threads, thread => thread.Release());

        public void Retire() => Array.ForEach(threads, thread => thread.Stop());
    }
}
