using Dominion.Domains;
using Dominion.Host.Machine.Time;
using Dominion.Host.Platform;
using Dominion.Persistence;

namespace Dominion.Host.Machine.Scheduling;

/// <summary>Runs a machine in virtual time: everything on one thread, vCPUs in turns of a budget of instructions that ends at the next timer. Idle time is skipped. The same machine with the same input runs the same way each time.</summary>
internal sealed class VirtualScheduler : IScheduler
{
    private const int StackSize = 8 << 20;
    private readonly VirtualTimeSource _time;
    private readonly long _quantum;
    private readonly List<DomainEvents> _events = [];
    private readonly List<Turn> _turns = [];
    private readonly DeadlineWaiter _waiter = new();
    private readonly Thread _thread;
    private int _next;

    // A leaf; guards what follows. Signalled to whoever waits for its action.
    private readonly object _gate = new();
    private readonly Queue<Action> _alone = new();
    private bool _hasEnded;

    /// <summary>Makes a scheduler with nothing to run.</summary>
    /// <param name="epoch">The civil time at 0, in nanoseconds since 1970-01-01 00:00 UTC.</param>
    /// <param name="quantum">How many instructions a turn has at most.</param>
    internal VirtualScheduler(long epoch, long quantum)
    {
        _time = new VirtualTimeSource(epoch);
        _quantum = quantum;
        _thread = new Thread(Run, StackSize) { Name = "machine", IsBackground = true };
    }

    /// <inheritdoc/>
    public ITimeSource Time => _time;

    /// <inheritdoc/>
    public IVcpuGroup Add(string name, DomainEvents events, IReadOnlyList<IVcpu> vcpus, Action<int, Exception?> onDead)
    {
        _events.Add(events);
        events.Signal = Signal;
        // The time source itself ends the slice when the deadline is inside it.
        events.Clock.EarlierDeadline = _waiter.Set;
        Group group = new(_time);
        for (int i = 0; i < vcpus.Count; i++)
        {
            int index = i;
            vcpus[i].Woken += _waiter.Set;
            _turns.Add(new Turn(vcpus[i], group, defect => onDead(index, defect)));
        }
        return group;
    }

    /// <inheritdoc/>
    public void Start() => _thread.Start();

    /// <inheritdoc/>
    /// <remarks>The turn that runs is not cut short, so that the machine runs the same way whether it is looked at or not.</remarks>
    public void RunAlone(Action action)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool hasEnded;
        lock (_gate)
        {
            hasEnded = _hasEnded;
            if (!hasEnded)
                _alone.Enqueue(Run);
        }
        if (hasEnded)
            Run();
        _waiter.Set();
        done.Task.GetAwaiter().GetResult();

        void Run()
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception failed)
            {
                // Whoever asked for it waits for it.
                done.SetException(failed);
            }
        }
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("virtual-scheduler", 1);
        writer.Write(_time.Now);
        writer.Write(_next);
        writer.Write(_turns.Count);
        foreach (Turn turn in _turns)
            writer.Write(turn.IsIdle);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("virtual-scheduler", 1);
        _time.AdvanceTo(reader.ReadInt64());
        _next = reader.ReadInt32();
        int count = reader.ReadInt32();
        if (count != _turns.Count || (uint)_next >= (uint)Math.Max(count, 1))
            throw new InvalidDataException($"turn {_next} of {count} vCPUs, where there are {_turns.Count}");
        foreach (Turn turn in _turns)
            turn.IsIdle = reader.ReadBoolean();
    }

    /// <inheritdoc/>
    public bool Join(TimeSpan limit) => (_thread.ThreadState & ThreadState.Unstarted) != 0 || _thread.Join(limit);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DomainEvents events in _events)
            events.Signal = null;
        foreach (Turn turn in _turns)
            turn.Vcpu.Woken -= _waiter.Set;
        _waiter.Dispose();
    }

    private void Signal()
    {
        _time.Interrupt();
        _waiter.Set();
    }

    private void Run()
    {
        while (true)
        {
            RunWhatIsToRunAlone();
            bool any = false;
            foreach (DomainEvents events in _events)
                any |= !events.IsClosed && events.RunPending();
            if (_events.TrueForAll(events => events.IsClosed))
                break;
            if (FindTurn() is { } turn)
                RunTurn(turn);
            else if (any)
                continue;
            else if (FindDeadline() is { } deadline)
                _time.AdvanceTo(deadline);
            else
                _waiter.Wait(null);
        }
        lock (_gate)
            _hasEnded = true;
        while (_alone.TryDequeue(out Action? action))
            action();
    }

    /// <summary>Between two turns, when no event waits: what waits would come first.</summary>
    private void RunWhatIsToRunAlone()
    {
        while (!_events.Exists(events => events.HasPosts || events.HasRequests))
        {
            Action? action;
            lock (_gate)
            {
                if (!_alone.TryDequeue(out action))
                    return;
            }
            action();
        }
    }

    /// <summary>The next vCPU in turn that would do something.</summary>
    private Turn? FindTurn()
    {
        for (int i = 0; i < _turns.Count; i++)
        {
            int index = (_next + i) % _turns.Count;
            Turn turn = _turns[index];
            if (turn.Group.Holds > 0 || turn.Generation == turn.Group.Generation)
                continue;
            if (turn.IsIdle && !turn.Vcpu.HasWork)
                continue;
            _next = (index + 1) % _turns.Count;
            return turn;
        }
        return null;
    }

    private long? FindDeadline()
    {
        long? first = null;
        foreach (DomainEvents events in _events)
        {
            if (events.Clock.NextDeadline is { } deadline && !(first <= deadline))
                first = deadline;
        }
        return first;
    }

    private void RunTurn(Turn turn)
    {
        long budget = _quantum;
        if (FindDeadline() is { } deadline)
            budget = Math.Clamp(deadline - _time.Now, 1, _quantum);
        VcpuStatus status;
        Exception? defect = null;
        _time.BeginSlice(turn.Vcpu, budget);
        try
        {
            status = turn.Vcpu.Run(budget);
        }
        catch (Exception caught)
        {
            // A defect of ours ends the domain, not the process.
            status = VcpuStatus.Dead;
            defect = caught;
        }
        finally
        {
            _time.EndSlice();
        }
        turn.IsIdle = status == VcpuStatus.Idle;
        if (status != VcpuStatus.Dead)
            return;
        turn.Generation = turn.Group.Generation;
        turn.OnDead(defect);
    }

    /// <summary>A vCPU in the row.</summary>
    private sealed class Turn(IVcpu vcpu, Group group, Action<Exception?> onDead)
    {
        public IVcpu Vcpu => vcpu;

        public Group Group => group;

        public Action<Exception?> OnDead => onDead;

        public bool IsIdle { get; set; }

        /// <summary>The group's generation in which the vCPU died, or -1: it runs again after the domain was held and released.</summary>
        public int Generation { get; set; } = -1;
    }

    private sealed class Group(VirtualTimeSource time) : IVcpuGroup
    {
        private int _holds;
        private int _generation;

        public int Holds => Volatile.Read(ref _holds);

        public int Generation => Volatile.Read(ref _generation);

        public void Hold()
        {
            Interlocked.Increment(ref _holds);
            time.Interrupt();
        }

        public void WaitUntilHeld()
        {
            // Events run between turns, on the thread that runs the vCPUs: none runs now.
        }

        public void Release()
        {
            Interlocked.Increment(ref _generation);
            Interlocked.Decrement(ref _holds);
        }

        // Held for good: the row keeps the vCPU and never picks it again.
        public void Retire() => Hold();
    }
}
