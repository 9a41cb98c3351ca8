namespace Dominion.Cpu.X86.Paging;

/// <summary>
/// The cached translations of one core by process-context identifier (SDM volume 3A, 4.10.1): a <see cref="Tlb"/> each for the few contexts used last, so that a change of context is a change of pointer.
/// A global translation is entered in the context that met it, so what invalidates global translations does so in all.
/// </summary>
internal sealed unsafe class TlbContexts : IDisposable
{
    /// <summary>How many contexts keep their translations. Linux uses six, and twice as many with page-table isolation; each costs 144 KiB of the host's cache when it is in use.</summary>
    public const int Count = 8;

    private readonly Tlb?[] _tlbs = new Tlb?[Count];
    private readonly uint[] _pcids = new uint[Count];
    private readonly uint[] _generations = new uint[Count];
    private readonly long[] _used = new long[Count];
    private int _current;
    private long _clock;

    /// <summary>Starts with the context 000H, which is the only one while CR4.PCIDE is clear.</summary>
    public TlbContexts()
    {
        _tlbs[0] = new Tlb();
        Current = _tlbs[0]!;
    }

    /// <summary>The translations of the current context.</summary>
    public Tlb Current { get; private set; }

    /// <summary>Goes to a context.</summary>
    /// <param name="pcid">Its identifier.</param>
    /// <param name="generation">The generation of links between blocks in the context that is left; takes that of the new one, or 0 when its links are no longer good.</param>
    /// <returns>Whether the context's translations were kept; otherwise there are none but global ones.</returns>
    public bool Switch(uint pcid, ref uint generation)
    {
        _generations[_current] = generation;
        _used[_current] = ++_clock;
        int oldest = 0;
        for (int i = 0; i < Count; i++)
        {
            if (_tlbs[i] != null && _pcids[i] == pcid)
            {
                Select(i);
                generation = _generations[i];
                return true;
            }

            if (_tlbs[oldest] != null && (_tlbs[i] == null || _used[i] < _used[oldest]))
                oldest = i;
        }

        if (_tlbs[oldest] is { } taken)
            taken.FlushNonGlobal();
        else
            _tlbs[oldest] = new Tlb();
        _pcids[oldest] = pcid;
        Select(oldest);
        generation = 0;
        return false;
    }

    /// <summary>Tells that links between blocks are no longer good in any context but the current one, which has a new generation.</summary>
    public void DropLinks() => Array.Clear(_generations);

    /// <summary>Drops everything of every context; the current one is the only one left.</summary>
    /// <param name="pcid">The identifier that CR3 holds.</param>
    public void Flush(uint pcid)
    {
        for (int i = 0; i < Count; i++)
            _tlbs[i]?.Flush();
        Array.Fill(_pcids, uint.MaxValue);
        _pcids[_current] = pcid;
        DropLinks();
    }

    /// <summary>Drops everything but global translations in every context.</summary>
    public void FlushNonGlobal()
    {
        foreach (Tlb? tlb in _tlbs)
            tlb?.FlushNonGlobal();
        DropLinks();
    }

    /// <summary>Drops everything but global translations of one context.</summary>
    public void FlushContext(uint pcid)
    {
        int index = Find(pcid);
        if (index < 0)
            return;
        _tlbs[index]!.FlushNonGlobal();
        _generations[index] = 0;
    }

    /// <summary>Drops a page of the current context, and global translations of it in all. Those that are not global go with them, which the manual allows.</summary>
    public void FlushPage(ulong linear)
    {
        foreach (Tlb? tlb in _tlbs)
            tlb?.FlushPage(linear);
        DropLinks();
    }

    /// <summary>Drops a page of one context; global translations of it may stay.</summary>
    public void FlushPage(ulong linear, uint pcid)
    {
        int index = Find(pcid);
        if (index < 0)
            return;
        _tlbs[index]!.FlushPage(linear);
        _generations[index] = 0;
    }

    /// <summary>Makes every write to a frame take the slow path, in every context.</summary>
    /// <returns>Whether a write could have gone another way until now.</returns>
    public bool ProtectFrame(byte* host)
    {
        bool found = false;
        foreach (Tlb? tlb in _tlbs)
            found |= tlb != null && tlb.ProtectFrame(host);
        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tlb? tlb in _tlbs)
            tlb?.Dispose();
    }

    private int Find(uint pcid)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_tlbs[i] != null && _pcids[i] == pcid)
                return i;
        }

        return -1;
    }

    private void Select(int index)
    {
        _current = index;
        Current = _tlbs[index]!;
    }
}
