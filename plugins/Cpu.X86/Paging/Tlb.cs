using System.Runtime.InteropServices;
using Dominion.Memory;

namespace Dominion.Cpu.X86.Paging;

/// <summary>The cached translations of one core. Data translations are kept apart for user accesses, supervisor accesses, and supervisor accesses with RFLAGS.AC set (SMAP), so that a hit needs no check of rights.</summary>
internal sealed unsafe class Tlb : IDisposable
{
    /// <summary>Entries in each set.</summary>
    public const int Size = 1024;

    /// <summary>In <see cref="FetchEntry.Tag"/>: fetched at CPL 3.</summary>
    public const ulong FetchUser = 1;

    private const int FetchSize = 512;
    private const int LogSize = 512;
    private const int FilterBits = 4096;
    private const int WritableBits = 1 << 15;

    private readonly TlbEntry* _entries;
    private readonly FetchEntry* _fetch;
    private readonly ushort* _log;
    private readonly ulong* _largePages;

    // One bit for each writable frame that may be in here, by the low bits of its number: spares ProtectFrame the search that finds nothing.
    private readonly ulong* _writableFrames;
    private int _logged;
    private bool _hasLargePages;

    public Tlb()
    {
        _entries = (TlbEntry*)NativeMemory.AlignedAlloc((nuint)(SetCount * Size * sizeof(TlbEntry)), 64);
        _fetch = (FetchEntry*)NativeMemory.AlignedAlloc((nuint)(FetchSize * sizeof(FetchEntry)), 64);
        _log = (ushort*)NativeMemory.Alloc(LogSize, sizeof(ushort));
        _largePages = (ulong*)NativeMemory.AllocZeroed(FilterBits / 64, sizeof(ulong));
        _writableFrames = (ulong*)NativeMemory.AllocZeroed(WritableBits / 64, sizeof(ulong));
        Flush();
    }

    /// <summary>The sets of data translations.</summary>
    public enum Set
    {
        /// <summary>CPL 3.</summary>
        User,

        /// <summary>CPL 0 to 2 with RFLAGS.AC clear, and the processor's own accesses.</summary>
        Supervisor,

        /// <summary>CPL 0 to 2 with RFLAGS.AC set.</summary>
        SupervisorAc,

        /// <summary>Always empty: every access takes the slow path, where breakpoints and alignment are checked.</summary>
        Checked,
    }

    private static int SetCount => 4;

    public TlbEntry* GetSet(Set set) => _entries + ((int)set * Size);

    public static TlbEntry* Slot(TlbEntry* set, ulong linear) => set + ((linear >> 12) & (Size - 1));

    /// <summary>Enters a data translation.</summary>
    /// <param name="set">The set.</param>
    /// <param name="linear">The linear address.</param>
    /// <param name="host">The host address of the page.</param>
    /// <param name="writable">Whether writes are allowed.</param>
    /// <param name="hasCode">Whether the page holds decoded code, so that writes take the slow path.</param>
    /// <param name="isGlobal">Whether it survives a change of CR3.</param>
    /// <param name="pageBits">The size of the guest's page as a power of two.</param>
    public void Add(Set set, ulong linear, byte* host, bool writable, bool hasCode, bool isGlobal, int pageBits)
    {
        ulong page = linear & ~0xFFFUL;
        TlbEntry* entry = Slot(GetSet(set), linear);
        entry->ReadTag = page;
        entry->WriteTag = writable && !hasCode ? page : TlbEntry.NoTag;
        entry->Host = (nint)host | (writable && hasCode ? TlbEntry.CodeBit : 0);
        entry->Addend = (nint)((ulong)host - page);
        if (writable && !hasCode)
            _writableFrames[WritableWord(host)] |= WritableBit(host);
        if (!isGlobal)
            Log((int)(entry - _entries));
        NoteLargePage(linear, pageBits);
    }

    public FetchEntry* FindFetch(ulong linear, bool user)
    {
        FetchEntry* entry = &_fetch[(linear >> 12) & (FetchSize - 1)];
        return entry->Tag == ((linear & ~0xFFFUL) | (user ? FetchUser : 0)) ? entry : null;
    }

    public FetchEntry* AddFetch(ulong linear, bool user, byte* host, ulong physical, bool isGlobal, int pageBits)
    {
        FetchEntry* entry = &_fetch[(linear >> 12) & (FetchSize - 1)];
        entry->Tag = (linear & ~0xFFFUL) | (user ? FetchUser : 0);
        entry->Host = host;
        entry->Physical = physical & ~0xFFFUL;
        entry->IsGlobal = isGlobal;
        NoteLargePage(linear, pageBits);
        return entry;
    }

    /// <summary>Drops everything.</summary>
    public void Flush()
    {
        for (int i = 0; i < SetCount * Size; i++)
            Empty(&_entries[i]);
        for (int i = 0; i < FetchSize; i++)
            _fetch[i].Tag = TlbEntry.NoTag;
        if (_hasLargePages)
            NativeMemory.Clear(_largePages, FilterBits / 8);
        _hasLargePages = false;
        NativeMemory.Clear(_writableFrames, WritableBits / 8);
        _logged = 0;
    }

    /// <summary>Drops everything that is not global.</summary>
    public void FlushNonGlobal()
    {
        if (_logged > LogSize)
        {
            Flush();
            return;
        }

        for (int i = 0; i < _logged; i++)
            Empty(&_entries[_log[i]]);
        _logged = 0;
        for (int i = 0; i < FetchSize; i++)
        {
            if (!_fetch[i].IsGlobal)
                _fetch[i].Tag = TlbEntry.NoTag;
        }
    }

    /// <summary>Drops what is known of a page, whatever its size.</summary>
    public void FlushPage(ulong linear)
    {
        if (_hasLargePages && MayBeLarge(linear))
        {
            Flush();
            return;
        }

        ulong page = linear & ~0xFFFUL;
        for (int set = 0; set < SetCount; set++)
        {
            TlbEntry* entry = Slot(_entries + (set * Size), linear);
            if (entry->ReadTag == page)
                Empty(entry);
        }

        FetchEntry* fetch = &_fetch[(linear >> 12) & (FetchSize - 1)];
        if ((fetch->Tag & ~0xFFFUL) == page)
            fetch->Tag = TlbEntry.NoTag;
    }

    /// <summary>Makes every write to a frame take the slow path.</summary>
    /// <returns>Whether a write could have gone another way until now.</returns>
    public bool ProtectFrame(byte* host)
    {
        bool found = false;
        if ((_writableFrames[WritableWord(host)] & WritableBit(host)) == 0)
            return false;
        for (int i = 0; i < SetCount * Size; i++)
        {
            TlbEntry* entry = &_entries[i];
            if (entry->Host == (nint)host && entry->WriteTag != TlbEntry.NoTag)
            {
                entry->WriteTag = TlbEntry.NoTag;
                entry->Host |= TlbEntry.CodeBit;
                found = true;
            }
        }

        return found;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_entries);
        NativeMemory.AlignedFree(_fetch);
        NativeMemory.Free(_log);
        NativeMemory.Free(_largePages);
        NativeMemory.Free(_writableFrames);
    }

    private static int WritableWord(byte* host) => (int)((nuint)host >> (FrameRange.FrameShift + 6)) & ((WritableBits / 64) - 1);

    private static ulong WritableBit(byte* host) => 1UL << (int)(((nuint)host >> FrameRange.FrameShift) & 63);

    private static void Empty(TlbEntry* entry)
    {
        entry->ReadTag = TlbEntry.NoTag;
        entry->WriteTag = TlbEntry.NoTag;
        entry->Host = 0;
    }

    private void Log(int index)
    {
        if (_logged < LogSize)
            _log[_logged] = (ushort)index;
        if (_logged <= LogSize)
            _logged++;
    }

    /// <summary>Pieces of a large page are entered one by one, but INVLPG anywhere in the page must drop them all: a filter by 2 MiB region, and by 1 GiB region, tells when that may be.</summary>
    private void NoteLargePage(ulong linear, int pageBits)
    {
        if (pageBits <= FrameRange.FrameShift)
            return;
        _hasLargePages = true;
        ulong bit = FilterBit(linear, pageBits >= 30 ? 30 : 21);
        _largePages[bit >> 6] |= 1UL << (int)(bit & 63);
        if (pageBits == 22)
        {
            bit = FilterBit(linear ^ (1UL << 21), 21);
            _largePages[bit >> 6] |= 1UL << (int)(bit & 63);
        }
    }

    private bool MayBeLarge(ulong linear)
    {
        ulong small = FilterBit(linear, 21);
        ulong large = FilterBit(linear, 30);
        return (((_largePages[small >> 6] >> (int)(small & 63)) | (_largePages[large >> 6] >> (int)(large & 63))) & 1) != 0;
    }

    private static ulong FilterBit(ulong linear, int shift) => ((linear >> shift) * 0x9E37_79B9_7F4A_7C15) >> 52;
}
