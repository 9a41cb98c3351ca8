using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Memory;

namespace Dominion.Paravirt.Xen.Paging;

/// <summary>The references to one domain's frames: who may use a frame as what. Every member is called under the domain's paging lock.</summary>
/// <remarks>
/// A use as a type is counted twice: in the type's count and in the frame's. A table is validated when its first use begins: each present
/// entry takes the references that it stands for, and gives them back when the last use ends.
/// </remarks>
internal sealed unsafe class PageTypes
{
    private const int EntriesPerTable = 512;

    private readonly FrameTable _frames;
    private readonly int _owner;
    private readonly IFlushTarget _translations;
    private readonly ReservedSlots _reserved;

    /// <summary>Makes the accounting of a domain.</summary>
    /// <param name="frames">The machine's frames.</param>
    /// <param name="owner">The domain, as the machine's frame table knows it.</param>
    /// <param name="translations">The domain's cached translations.</param>
    /// <param name="reserved">What the VMM puts into every level-4 table.</param>
    public PageTypes(FrameTable frames, int owner, IFlushTarget translations, ReservedSlots reserved)
    {
        _frames = frames;
        _owner = owner;
        _translations = translations;
        _reserved = reserved;
    }

    /// <summary>Whether a frame is the domain's.</summary>
    public bool Owns(ulong mfn) => mfn < _frames.Count && _frames.Memory.OwnerOf(mfn) == _owner;

    /// <summary>Takes a reference to a frame.</summary>
    /// <returns>False when it is not the domain's.</returns>
    public bool TryGet(ulong mfn)
    {
        if (!Owns(mfn))
            return false;
        _frames[mfn].Count++;
        return true;
    }

    /// <summary>Gives a reference back.</summary>
    public void Put(ulong mfn) => _frames[mfn].Count--;

    /// <summary>Takes a reference to a frame as a type.</summary>
    /// <returns>-EINVAL when the frame is not the domain's or is used as another type, or why its entries are refused.</returns>
    public XenError GetAs(ulong mfn, FrameType type)
    {
        if (!TryGet(mfn))
            return XenError.Invalid;
        XenError error = GetType(mfn, type);
        if (error != XenError.Success)
            Put(mfn);
        return error;
    }

    /// <summary>Gives a reference as a type back.</summary>
    public void PutAs(ulong mfn)
    {
        PutType(mfn);
        Put(mfn);
    }

    /// <summary>Pins a table: it stays what it is until it is unpinned.</summary>
    public XenError Pin(ulong mfn, FrameType type)
    {
        XenError error = GetAs(mfn, type);
        if (error != XenError.Success)
            return error;
        ref FrameInfo frame = ref _frames[mfn];
        if (frame.IsPinned)
        {
            PutAs(mfn);
            return XenError.Invalid;
        }

        frame.IsPinned = true;
        return XenError.Success;
    }

    /// <summary>Takes a pin back.</summary>
    public XenError Unpin(ulong mfn)
    {
        if (!Owns(mfn) || !_frames[mfn].IsPinned)
            return XenError.Invalid;
        _frames[mfn].IsPinned = false;
        PutAs(mfn);
        return XenError.Success;
    }

    /// <summary>Takes the references that an entry of a table stands for.</summary>
    /// <param name="level">The table's level, 1 to 4.</param>
    /// <param name="entry">The entry; nothing is taken for one that is not present.</param>
    public XenError GetEntry(int level, ulong entry)
    {
        if (!PageBits.IsPresent(entry))
            return XenError.Success;
        if (PageTableEntryRules.IsForbidden(level, entry))
            return XenError.Invalid;
        ulong mfn = PageBits.Frame(entry);
        if (level > 1)
            return GetAs(mfn, PageTableEntryRules.TypeOf(level - 1));
        if (mfn >= _frames.Count)
            return mfn == PageBits.Frame(ulong.MaxValue) ? XenError.Invalid : XenError.Perm;
        if ((entry & PageBits.Writable) != 0)
            return GetAs(mfn, FrameType.Writable);
        return TryGet(mfn) ? XenError.Success : XenError.Invalid;
    }

    /// <summary>Gives back what <see cref="GetEntry"/> took.</summary>
    public void PutEntry(int level, ulong entry)
    {
        if (!PageBits.IsPresent(entry))
            return;
        ulong mfn = PageBits.Frame(entry);
        if (level > 1 || (entry & PageBits.Writable) != 0)
            PutAs(mfn);
        else
            Put(mfn);
    }

    private XenError GetType(ulong mfn, FrameType type)
    {
        ref FrameInfo frame = ref _frames[mfn];
        if (frame.TypeCount != 0)
        {
            if (frame.Type != type)
                return XenError.Invalid;
            frame.TypeCount++;
            return XenError.Success;
        }

        if (frame.Type != type)
        {
            // A writable translation that is still cached would let the guest write to a table.
            if (frame.Type == FrameType.Writable && frame.WritableEpoch == _translations.Epoch)
                _translations.FlushEverywhere();
            frame.Type = type;
            frame.IsValidated = false;
        }

        frame.TypeCount = 1;
        if (frame.IsValidated)
            return XenError.Success;
        XenError error = Validate(mfn, type);
        if (error != XenError.Success)
            frame.TypeCount = 0;
        else
            frame.IsValidated = true;
        return error;
    }

    private void PutType(ulong mfn)
    {
        ref FrameInfo frame = ref _frames[mfn];
        if (--frame.TypeCount != 0)
            return;
        switch (frame.Type)
        {
            case FrameType.Writable:
                frame.WritableEpoch = _translations.Epoch;
                break;
            case FrameType.L1 or FrameType.L2 or FrameType.L3 or FrameType.L4:
                frame.IsValidated = false;
                Release(mfn, (int)frame.Type, EntriesPerTable);
                break;
        }
    }

    private XenError Validate(ulong mfn, FrameType type) => type switch
    {
        FrameType.L1 or FrameType.L2 or FrameType.L3 or FrameType.L4 => ValidateTable(mfn, (int)type),
        FrameType.Descriptors => DescriptorRules.Validate(new Span<ulong>(_frames.Page(mfn), FrameRange.FrameSize / sizeof(ulong))),
        _ => XenError.Success,
    };

    private XenError ValidateTable(ulong mfn, int level)
    {
        ulong* table = (ulong*)_frames.Page(mfn);
        for (int i = 0; i < EntriesPerTable; i++)
        {
            if (level == 4 && !PageTableEntryRules.IsGuestSlot(i))
                continue;
            ulong entry = table[i];
            XenError error = GetEntry(level, entry);
            if (error != XenError.Success)
            {
                Release(mfn, level, i);
                return error;
            }

            ulong adjusted = PageTableEntryRules.Adjust(level, entry);
            if (adjusted != entry)
                table[i] = adjusted;
        }

        if (level == 4)
            _reserved.Install(table);
        return XenError.Success;
    }

    private void Release(ulong mfn, int level, int count)
    {
        ulong* table = (ulong*)_frames.Page(mfn);
        for (int i = 0; i < count; i++)
        {
            if (level != 4 || PageTableEntryRules.IsGuestSlot(i))
                PutEntry(level, table[i]);
        }
    }
}
