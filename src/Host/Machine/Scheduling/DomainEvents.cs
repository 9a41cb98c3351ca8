using Dominion.Host.Machine.Time;

namespace Dominion.Host.Machine.Scheduling;

/// <summary>What happens to a domain beside its vCPUs: requests of its life, posted actions and timers. One thread at a time calls <see cref="RunPending"/>: the domain's event thread, or the one thread of a machine under virtual time.</summary>
internal sealed class DomainEvents
{
    private readonly Action<Exception> _onFault;

    // A leaf: nothing is called under it. Order: the device lock, then this.
    private readonly Lock _gate = new();
    private readonly Queue<Action> _requests = new();
    private Queue<Action> _posts = new();
    private Queue<Action> _running = new();
    private bool _closed;

    /// <summary>Makes an empty list of events.</summary>
    /// <param name="source">The machine's time.</param>
    /// <param name="deviceLock">The lock under which posted actions and timers run.</param>
    /// <param name="onFault">Told of an exception out of a posted action or a timer.</param>
    internal DomainEvents(ITimeSource source, Lock deviceLock, Action<Exception> onFault)
    {
        DeviceLock = deviceLock;
        Clock = new DomainClock(source, deviceLock);
        _onFault = onFault;
    }

    internal Lock DeviceLock { get; }

    internal DomainClock Clock { get; }

    /// <summary>Tells the thread that runs the events that there are some; set by the scheduler.</summary>
    internal Action? Signal { get; set; }

    /// <summary>Whether <see cref="Close"/> has been called.</summary>
    internal bool IsClosed
    {
        get
        {
            lock (_gate)
                return _closed;
        }
    }

    /// <summary>Whether a request waits.</summary>
    internal bool HasRequests
    {
        get
        {
            lock (_gate)
                return _requests.Count > 0;
        }
    }

    /// <summary>Whether a posted action waits.</summary>
    internal bool HasPosts
    {
        get
        {
            lock (_gate)
                return _posts.Count > 0;
        }
    }

    /// <summary>Runs an action soon under the device lock. Safe from any thread.</summary>
    /// <param name="action">What to run.</param>
    internal void Post(Action action)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _posts.Enqueue(action);
        }
        Signal?.Invoke();
    }

    /// <summary>Runs an action soon without any lock, after the requests before it. Safe from any thread.</summary>
    /// <param name="action">What to run; it does not throw.</param>
    /// <returns>False when the events are closed: it will not run.</returns>
    internal bool Request(Action action)
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            _requests.Enqueue(action);
        }
        Signal?.Invoke();
        return true;
    }

    /// <summary>Runs what waits now: requests, posted actions, timers. Actions that these add wait for the next call.</summary>
    /// <returns>True when there was anything.</returns>
    internal bool RunPending()
    {
        bool any = RunRequests();
        if (IsClosed)
            return any;
        try
        {
            any |= RunPosts();
            any |= Clock.RunDue();
        }
        catch (Exception fault)
        {
            // A defect in a device or a service ends its domain, not the process.
            any = true;
            _onFault(fault);
        }
        return any;
    }

    /// <summary>Runs the posted actions that wait now, and nothing else.</summary>
    internal void RunPostsAlone()
    {
        try
        {
            RunPosts();
        }
        catch (Exception fault)
        {
            // As in RunPending: the domain ends, as soon as its thread goes on.
            _onFault(fault);
        }
    }

    /// <summary>Drops what waits and takes no more. Called by the thread that runs the events, or when none does.</summary>
    internal void Close()
    {
        Action[] dropped;
        lock (_gate)
        {
            _closed = true;
            _posts.Clear();
            dropped = [.. _requests];
            _requests.Clear();
        }

        // Requests answer somebody who waits: they run still, and find the domain ended.
        foreach (Action request in dropped)
            request();
        Signal?.Invoke();
    }

    private bool RunRequests()
    {
        bool any = false;
        while (true)
        {
            Action? request;
            lock (_gate)
            {
                if (!_requests.TryDequeue(out request))
                    return any;
            }
            any = true;
            request();
        }
    }

    private bool RunPosts()
    {
        lock (_gate)
        {
            if (_posts.Count == 0)
                return false;
        }
        using (DeviceLock.EnterScope())
        {
            lock (_gate)
                (_posts, _running) = (_running, _posts);
            while (_running.TryDequeue(out Action? action))
                action();
        }
        return true;
    }
}
