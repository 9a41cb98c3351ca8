namespace Dominion.Cpu.X86;

/// <summary>
/// The cores of one domain. A locked access that the host cannot do in one operation (its bytes lie in two pages, or on a page that holds decoded code) is done while no other core of the group runs, as a processor does it under a bus lock (SDM volume 3A, 9.1.2).
/// </summary>
internal sealed class CoreGroup
{
    // A leaf, and waited on: a core takes it between instructions, or inside a locked one before anything of it has happened. No lock is held then.
    private readonly object _gate = new();
    private X86Core[] _cores = [];
    private X86Core? _owner;
    private int _running;

    /// <summary>Adds a core.</summary>
    public void Add(X86Core core)
    {
        lock (_gate)
            _cores = [.. _cores, core];
    }

    /// <summary>Takes a core out.</summary>
    public void Remove(X86Core core)
    {
        lock (_gate)
            _cores = [.. _cores.Where(known => !ReferenceEquals(known, core))];
    }

    /// <summary>A core begins to run; waits while another must run alone.</summary>
    public void Enter()
    {
        lock (_gate)
            Start();
    }

    /// <summary>A core has stopped running.</summary>
    public void Leave()
    {
        lock (_gate)
            Stop();
    }

    /// <summary>A running core lets another run alone, if one must. Between instructions.</summary>
    public void Yield()
    {
        if (Volatile.Read(ref _owner) == null)
            return;
        lock (_gate)
        {
            Stop();
            Start();
        }
    }

    /// <summary>Stops every other core; waits until they have.</summary>
    /// <param name="core">The core that runs on, and will call <see cref="EndExclusive"/>.</param>
    public void BeginExclusive(X86Core core)
    {
        lock (_gate)
        {
            Stop();
            Start();
            Volatile.Write(ref _owner, core);
            foreach (X86Core other in _cores)
            {
                if (!ReferenceEquals(other, core))
                    other.RequestAttention();
            }

            while (_running > 1)
                Monitor.Wait(_gate);
        }
    }

    /// <summary>Lets the others go on.</summary>
    public void EndExclusive()
    {
        lock (_gate)
        {
            Volatile.Write(ref _owner, null);
            Monitor.PulseAll(_gate);
        }
    }

    private void Start()
    {
        while (_owner != null)
            Monitor.Wait(_gate);
        _running++;
    }

    private void Stop()
    {
        _running--;
        Monitor.PulseAll(_gate);
    }
}
