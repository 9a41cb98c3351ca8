using Dominion.Memory;
using Dominion.Paravirt.Xen.Memory;

namespace Dominion.Paravirt.Xen.GrantTables;

/// <summary>A domain's grant table, version 1 (xen/include/public/grant_table.h): eight bytes a grant, in frames that the guest maps. Guarded by its own lock.</summary>
internal sealed unsafe class GrantTable
{
    /// <summary>The number of a v1 table's entries in a frame.</summary>
    public const int EntriesPerFrame = FrameRange.FrameSize / EntrySize;

    /// <summary>The most frames of a table.</summary>
    public const int MaximumFrames = 64;

    /// <summary>The grant of the console's ring.</summary>
    public const uint ConsoleReference = 0;

    /// <summary>The grant of XenStore's ring.</summary>
    public const uint StoreReference = 1;

    private const int EntrySize = 8;
    private const ushort TypeMask = 3;
    private const ushort PermitAccess = 1;
    private const ushort ReadOnly = 1 << 2;
    private const ushort Reading = 1 << 3;
    private const ushort Writing = 1 << 4;

    private readonly FrameTable _frames;
    private readonly Func<ulong?> _allocate;
    private readonly List<ulong> _pages = [];
    private readonly Dictionary<uint, (int Readers, int Writers)> _uses = [];
    private readonly Lock _lock = new();

    /// <summary>Makes a table with one frame.</summary>
    /// <param name="frames">The machine's frames.</param>
    /// <param name="allocate">Gives a zeroed frame of the domain's that is no RAM of its own, or null.</param>
    public GrantTable(FrameTable frames, Func<ulong?> allocate)
    {
        _frames = frames;
        _allocate = allocate;
        Grow(1);
    }

    /// <summary>How many frames there are.</summary>
    public int FrameCount
    {
        get
        {
            lock (_lock)
                return _pages.Count;
        }
    }

    /// <summary>A frame's MFN.</summary>
    public ulong Frame(int index)
    {
        lock (_lock)
            return _pages[index];
    }

    /// <summary>Makes the table at least so many frames long.</summary>
    /// <returns>False when there is no memory for it, or it would be too long.</returns>
    public bool Grow(int count)
    {
        if (count > MaximumFrames)
            return false;
        lock (_lock)
        {
            while (_pages.Count < count)
            {
                if (_allocate() is not { } mfn)
                    return false;
                _pages.Add(mfn);
            }

            return true;
        }
    }

    /// <summary>Grants a frame to a domain on the guest's behalf, as the builder does for the rings.</summary>
    public void Seed(uint reference, ushort domain, ulong mfn)
    {
        lock (_lock)
        {
            byte* entry = Entry(reference);
            *(ushort*)(entry + 2) = domain;
            *(uint*)(entry + 4) = (uint)mfn;
            Volatile.Write(ref *(ushort*)entry, PermitAccess);
        }
    }

    /// <summary>Begins a use of a grant by a domain.</summary>
    /// <param name="reference">The grant.</param>
    /// <param name="domain">Who uses it.</param>
    /// <param name="writable">Whether it will write.</param>
    /// <param name="mfn">The frame on success.</param>
    public GrantStatus Begin(uint reference, ushort domain, bool writable, out ulong mfn)
    {
        mfn = 0;
        lock (_lock)
        {
            if (reference >= (uint)(_pages.Count * EntriesPerFrame))
                return GrantStatus.BadReference;
            byte* entry = Entry(reference);

            // The flags and the domain are one word, so that what is checked is what is marked as in use.
            while (true)
            {
                uint seen = Volatile.Read(ref *(uint*)entry);
                ushort flags = (ushort)seen;
                if ((flags & TypeMask) != PermitAccess || (ushort)(seen >> 16) != domain)
                    return GrantStatus.GeneralError;
                if (writable && (flags & ReadOnly) != 0)
                    return GrantStatus.GeneralError;
                uint wanted = seen | Reading | (writable ? Writing : 0u);
                if (Interlocked.CompareExchange(ref *(uint*)entry, wanted, seen) == seen)
                    break;
            }

            mfn = Volatile.Read(ref *(uint*)(entry + 4));
            (int readers, int writers) = _uses.GetValueOrDefault(reference);
            _uses[reference] = writable ? (readers, writers + 1) : (readers + 1, writers);
            return GrantStatus.Okay;
        }
    }

    /// <summary>Ends a use.</summary>
    public void End(uint reference, bool writable)
    {
        lock (_lock)
        {
            (int readers, int writers) = _uses.GetValueOrDefault(reference);
            (readers, writers) = writable ? (readers, writers - 1) : (readers - 1, writers);
            uint cleared = 0;
            if (writers == 0)
                cleared |= Writing;
            if (readers == 0 && writers == 0)
                cleared |= Reading;
            if (cleared != 0)
                Interlocked.And(ref *(uint*)Entry(reference), ~cleared);
            if (readers == 0 && writers == 0)
                _uses.Remove(reference);
            else
                _uses[reference] = (readers, writers);
        }
    }

    private byte* Entry(uint reference) => _frames.Page(_pages[(int)(reference / EntriesPerFrame)]) + (reference % EntriesPerFrame * EntrySize);
}
