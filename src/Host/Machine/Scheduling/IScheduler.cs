using Dominion.Domains;
using Dominion.Host.Machine.Time;
using Dominion.Persistence;

namespace Dominion.Host.Machine.Scheduling;

/// <summary>Runs the vCPUs and the events of a machine.</summary>
internal interface IScheduler : IDisposable
{
    /// <summary>The machine's time.</summary>
    ITimeSource Time { get; }

    /// <summary>Adds a domain, or, without vCPUs, the machine's own events. Before <see cref="Start"/>.</summary>
    /// <param name="name">The domain's name, for the names of threads.</param>
    /// <param name="events">Its events.</param>
    /// <param name="vcpus">Its vCPUs, in order of index.</param>
    /// <param name="onDead">Told when a vCPU cannot go on: its index, and the exception that ended it or null. On any thread.</param>
    /// <returns>The vCPUs.</returns>
    IVcpuGroup Add(string name, DomainEvents events, IReadOnlyList<IVcpu> vcpus, Action<int, Exception?> onDead);

    /// <summary>Begins to run everything.</summary>
    void Start();

    /// <summary>Runs an action while nothing of the machine runs: vCPUs are between instructions, no event is under way, no posted action or request waits. One at a time; not from a thread of the machine; after <see cref="Start"/>.</summary>
    /// <param name="action">What to run, on any thread.</param>
    void RunAlone(Action action);

    /// <summary>Writes what the scheduler itself must remember. Inside <see cref="RunAlone"/>.</summary>
    /// <param name="writer">Where to.</param>
    void Save(StateWriter writer);

    /// <summary>Takes what <see cref="Save"/> wrote. Before <see cref="Start"/>.</summary>
    /// <param name="reader">Where from.</param>
    void Restore(StateReader reader);

    /// <summary>Waits until every thread has ended, after all events are closed.</summary>
    /// <param name="limit">The longest wait.</param>
    /// <returns>False when a thread still runs.</returns>
    bool Join(TimeSpan limit);
}
