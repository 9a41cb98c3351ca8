using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Memory;

namespace Dominion.Paravirt.Xen.Paging;

/// <summary>Checked changes of single page-table entries, called under the domain's paging lock.</summary>
internal sealed unsafe class PageTableUpdates
{
    private readonly FrameTable _frames;
    private readonly PageTypes _types;

    /// <summary>Makes the updates of a domain.</summary>
    /// <param name="frames">The machine's frames.</param>
    /// <param name="types">The domain's references.</param>
    public PageTableUpdates(FrameTable frames, PageTypes types)
    {
        _frames = frames;
        _types = types;
    }

    /// <summary>Writes an entry of a frame, which may be a table of any level or plain memory (MMU_NORMAL_PT_UPDATE, MMU_PT_UPDATE_PRESERVE_AD).</summary>
    /// <param name="address">The entry's machine address, a multiple of 8.</param>
    /// <param name="entry">The new entry.</param>
    /// <param name="preserve">Keep accessed and dirty flags that are set.</param>
    public XenError Write(ulong address, ulong entry, bool preserve)
    {
        ulong mfn = address >> FrameRange.FrameShift;
        if (!_types.TryGet(mfn))
            return XenError.Invalid;
        try
        {
            ref FrameInfo frame = ref _frames[mfn];
            ulong* slot = (ulong*)(_frames.Page(mfn) + (address & 0xFF8));
            if (frame.TypeCount != 0 && frame.Type is FrameType.L1 or FrameType.L2 or FrameType.L3 or FrameType.L4)
                return WriteTable((int)frame.Type, (int)(address & 0xFFF) / sizeof(ulong), slot, entry, preserve);
            XenError error = _types.GetAs(mfn, FrameType.Writable);
            if (error != XenError.Success)
                return error;
            Volatile.Write(ref *slot, entry);
            _frames.Memory.NotifyWrite(address, sizeof(ulong));
            _types.PutAs(mfn);
            return XenError.Success;
        }
        finally
        {
            _types.Put(mfn);
        }
    }

    /// <summary>Writes an entry of a level-1 table.</summary>
    /// <param name="address">The entry's machine address, a multiple of 8.</param>
    /// <param name="entry">The new entry.</param>
    public XenError WriteLeaf(ulong address, ulong entry)
    {
        ulong mfn = address >> FrameRange.FrameShift;
        if (!_types.Owns(mfn) || _frames[mfn] is not { Type: FrameType.L1, TypeCount: > 0 })
            return XenError.Invalid;
        return WriteTable(1, 0, (ulong*)(_frames.Page(mfn) + (address & 0xFF8)), entry, preserve: false);
    }

    private XenError WriteTable(int level, int index, ulong* slot, ulong entry, bool preserve)
    {
        if (level == 4 && !PageTableEntryRules.IsGuestSlot(index))
            return XenError.Invalid;
        if (PageBits.IsPresent(entry) && PageTableEntryRules.IsForbidden(level, entry))
            return XenError.Invalid;
        entry = PageTableEntryRules.Adjust(level, entry);
        ulong before = Volatile.Read(ref *slot);
        if (PageTableEntryRules.HasSameReferences(level, before, entry))
        {
            Exchange(slot, entry, preserve);
            return XenError.Success;
        }

        XenError error = _types.GetEntry(level, entry);
        if (error != XenError.Success)
            return error;
        _types.PutEntry(level, Exchange(slot, entry, preserve));
        return XenError.Success;
    }

    /// <summary>Replaces an entry. The processor may set flags in it meanwhile, and nothing else can.</summary>
    private static ulong Exchange(ulong* slot, ulong entry, bool preserve)
    {
        if (!preserve)
            return Interlocked.Exchange(ref *slot, entry);
        ulong before = Volatile.Read(ref *slot);
        while (true)
        {
            ulong seen = Interlocked.CompareExchange(ref *slot, entry | (before & (PageBits.Accessed | PageBits.Dirty)), before);
            if (seen == before)
                return before;
            before = seen;
        }
    }
}
