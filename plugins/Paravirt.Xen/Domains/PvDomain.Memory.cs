using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.GrantTables;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.Paging;

namespace Dominion.Paravirt.Xen.Domains;

/// <content>The domain's frames and page tables, and its cached translations.</content>
internal sealed unsafe partial class PvDomain
{
    private FrameRange _range;
    private ulong _pageCount;
    private GrantTable? _grants;
    private ulong _sharedInfo;

    /// <summary>Guards the domain's frame types, page tables and reservation. The first lock of the ABI's order.</summary>
    public Lock PagingLock { get; } = new();

    /// <summary>The references to the domain's frames.</summary>
    public PageTypes Types { get; }

    /// <summary>Changes of page-table entries.</summary>
    public PageTableUpdates Updates { get; }

    /// <summary>Look-ups in the page tables.</summary>
    public GuestTables Tables { get; }

    /// <summary>What the cores can reach.</summary>
    public PvAddressSpace Space { get; }

    /// <summary>The check where translations are filled.</summary>
    public FrameCheck Check { get; }

    /// <summary>Where the processor finds the descriptor tables.</summary>
    public DescriptorWindows Windows { get; }

    /// <summary>The domain's grants.</summary>
    public GrantTable Grants => _grants!;

    /// <summary>The domain's RAM at first, frame by frame from pseudo-physical 0 on.</summary>
    public FrameRange Ram => _range;

    /// <summary>The host address of shared_info.</summary>
    public byte* SharedInfo => Hypervisor.Frames.Page(_sharedInfo);

    /// <summary>The frame of shared_info.</summary>
    public ulong SharedInfoFrame => _sharedInfo;

    /// <summary>How many frames of RAM the domain has now.</summary>
    public ulong PageCount => _pageCount;

    /// <summary>How many it may have.</summary>
    public ulong MaximumPages => Context.MemorySize >> FrameRange.FrameShift;

    /// <inheritdoc/>
    public uint Epoch { get; private set; } = 1;

    /// <inheritdoc/>
    public void FlushEverywhere() => Flush(null, null);

    /// <summary>Drops cached translations of vCPUs, and comes back when none is used any more. For a vCPU's own thread in an intercept, or while none runs.</summary>
    /// <param name="page">A linear address, or null for all.</param>
    /// <param name="vcpus">Which, a bit each, or null for all.</param>
    public void Flush(ulong? page, ulong[]? vcpus)
    {
        foreach (PvVcpu vcpu in _vcpus)
        {
            if (Includes(vcpus, vcpu.Index))
                vcpu.AskFlush();
        }

        foreach (PvVcpu vcpu in _vcpus)
        {
            if (Includes(vcpus, vcpu.Index))
                vcpu.WaitForFlush();
        }

        if (page is null && vcpus is null && ++Epoch == 0)
            Epoch = 1;
    }

    /// <inheritdoc/>
    void IPageTableWriter.WriteThroughReadOnly(ulong address, int width, ulong value, int vcpu) => _vcpus[vcpu].WritePageTable(address, width, value);

    /// <summary>Whether hypercalls that name another domain's tables or frames may go on: only for the domain itself.</summary>
    /// <param name="foreign">The domain whose frames are meant; in the upper half, plus one, the one whose tables are.</param>
    public XenError CheckForeign(uint foreign)
    {
        ushort frames = (ushort)foreign;
        int tables = (int)(foreign >> 16);
        if (tables != 0 && (ushort)(tables - 1) is var owner && owner != Id && owner != DomainIds.Self)
            return Hypervisor.FindChannels(owner) is null ? XenError.NoSuchProcess : XenError.Perm;
        if (frames == DomainIds.Self || frames == Id)
            return XenError.Success;
        if (frames == DomainIds.Io)
            return XenError.Perm;
        return Hypervisor.FindChannels(frames) is null ? XenError.NoSuchProcess : XenError.Perm;
    }

    /// <summary>Gives the domain one more frame. Called under the paging lock.</summary>
    public bool TryAddPage(out ulong mfn)
    {
        mfn = 0;
        if (_pageCount >= MaximumPages || !Hypervisor.Frames.Memory.TryAllocate(Context.Id, 1, out FrameRange range))
            return false;
        mfn = range.First;
        Hypervisor.Frames[mfn] = default;
        _pageCount++;
        return true;
    }

    /// <summary>Takes a frame of RAM from the domain. Called under the paging lock.</summary>
    /// <returns>False when the frame is not the domain's, or is in use.</returns>
    public bool TryRemovePage(ulong mfn)
    {
        if (!Types.Owns(mfn) || Hypervisor.Frames[mfn] is { Count: > 0 } or { IsVmm: true })
            return false;

        // Nobody may reach the frame any more when it gets its next owner.
        FlushEverywhere();
        Hypervisor.MachineToPhysical[mfn] = FrameTable.InvalidPfn;
        Hypervisor.Frames[mfn] = default;
        Hypervisor.Frames.Memory.Free(Context.Id, new FrameRange(mfn, 1));
        _pageCount--;
        return true;
    }

    private static bool Includes(ulong[]? vcpus, int index) => vcpus is null || ((vcpus[index / 64] >> (index % 64)) & 1) != 0;

    private void AllocateMemory()
    {
        if (!Hypervisor.Frames.Memory.TryAllocate(Context.Id, MaximumPages, out _range))
        {
            throw new DiagnosticException(
                XenDiagnostics.NoMemory, $"the machine has no {Context.MemorySize >> 20} MiB in one run left for domain '{Context.Name}'", "raise machine.memory");
        }

        _pageCount = MaximumPages;
        for (ulong pfn = 0; pfn < _range.Count; pfn++)
            Hypervisor.MachineToPhysical[_range.First + pfn] = pfn;
        _sharedInfo = AllocateSpecial() ?? throw new DiagnosticException(XenDiagnostics.NoMemory, $"the machine has no frame left for domain '{Context.Name}'", "raise machine.memory");
        _grants = new GrantTable(Hypervisor.Frames, AllocateSpecial);
    }

    /// <summary>Takes a zeroed frame that is the domain's without being its RAM.</summary>
    private ulong? AllocateSpecial()
    {
        if (!Hypervisor.Frames.Memory.TryAllocate(Context.Id, 1, out FrameRange range))
            return null;
        Hypervisor.Frames[range.First] = new FrameInfo { IsVmm = true };
        return range.First;
    }

    /// <summary>Gives the domain new frames in place of all it has. No vCPU runs.</summary>
    private void ResetMemory()
    {
        FreeMemory();
        _eventFrames.Clear();
        Channels.Bits = null;
        AllocateMemory();
        Channels.Bits = new EventChannels.TwoLevelEventBits(Layout, SharedInfo, this);
    }

    private void FreeMemory()
    {
        IMachineMemory memory = Hypervisor.Frames.Memory;
        ulong mfn = 0;
        while (mfn < memory.FrameCount)
        {
            ulong first = mfn;
            while (mfn < memory.FrameCount && memory.OwnerOf(mfn) == Context.Id)
            {
                Hypervisor.Frames[mfn] = default;
                Hypervisor.MachineToPhysical[mfn] = FrameTable.InvalidPfn;
                mfn++;
            }

            if (mfn > first)
                memory.Free(Context.Id, new FrameRange(first, mfn - first));
            else
                mfn++;
        }
    }
}
