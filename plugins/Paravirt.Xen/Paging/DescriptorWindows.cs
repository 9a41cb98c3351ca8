using Dominion.Memory;
using Dominion.Paravirt.Xen.Memory;

namespace Dominion.Paravirt.Xen.Paging;

/// <summary>Where the processor finds a domain's descriptor tables: for each vCPU 16 pages of GDT and 16 of LDT in the VMM's part of the linear space, out of the guest's reach.</summary>
internal sealed unsafe class DescriptorWindows
{
    /// <summary>How many pages a descriptor table has at most.</summary>
    public const int TablePages = 16;

    private const int PagesPerVcpu = 2 * TablePages;
    private const ulong Branch = PageBits.Present | PageBits.Writable | PageBits.Accessed | PageBits.Dirty;
    private const ulong GuestPage = Branch | PageBits.NoExecute;
    private const ulong VmmPage = PageBits.Present | PageBits.Accessed | PageBits.NoExecute;
    private const ulong Start = 0xFFFF_0000_0000_0000 | ((ulong)ReservedSlots.DomainSlot << 39);

    private readonly FrameTable _frames;
    private readonly FrameRange _range;

    /// <summary>Makes the windows of a domain's vCPUs, with the VMM's own descriptors at the end of each GDT.</summary>
    /// <param name="frames">The machine's frames.</param>
    /// <param name="vcpus">How many vCPUs there are.</param>
    /// <param name="reservedDescriptors">The frame with the VMM's descriptors.</param>
    public DescriptorWindows(FrameTable frames, int vcpus, ulong reservedDescriptors)
    {
        _frames = frames;
        int leaves = ((vcpus * PagesPerVcpu) + 511) / 512;
        _range = VmmFrames.Allocate(frames.Memory, (ulong)leaves + 2);
        ulong directory = _range.First + (ulong)leaves;
        for (int i = 0; i < leaves; i++)
            ((ulong*)frames.Page(directory))[i] = ((_range.First + (ulong)i) << FrameRange.FrameShift) | Branch;
        *(ulong*)frames.Page(directory + 1) = (directory << FrameRange.FrameShift) | Branch;
        Slot = ((directory + 1) << FrameRange.FrameShift) | Branch;
        for (int i = 0; i < vcpus; i++)
            *Entry(i, VmmDescriptors.FirstReservedPage) = (reservedDescriptors << FrameRange.FrameShift) | VmmPage;
    }

    /// <summary>The level-4 entry that maps the windows.</summary>
    public ulong Slot { get; }

    /// <summary>The linear address of a vCPU's GDT.</summary>
    public static ulong GdtBase(int vcpu) => Start + ((ulong)(vcpu * PagesPerVcpu) << FrameRange.FrameShift);

    /// <summary>The linear address of a vCPU's LDT.</summary>
    public static ulong LdtBase(int vcpu) => GdtBase(vcpu) + ((ulong)TablePages << FrameRange.FrameShift);

    /// <summary>Puts a guest's frame into a vCPU's GDT.</summary>
    public void SetGdtPage(int vcpu, int page, ulong mfn) => *Entry(vcpu, page) = (mfn << FrameRange.FrameShift) | GuestPage;

    /// <summary>Takes a page out of a vCPU's GDT.</summary>
    public void ClearGdtPage(int vcpu, int page) => *Entry(vcpu, page) = 0;

    /// <summary>Puts a guest's frame into a vCPU's LDT.</summary>
    public void SetLdtPage(int vcpu, int page, ulong mfn) => *Entry(vcpu, TablePages + page) = (mfn << FrameRange.FrameShift) | GuestPage;

    /// <summary>Takes a page out of a vCPU's LDT.</summary>
    /// <returns>The frame that was there, or null.</returns>
    public ulong? ClearLdtPage(int vcpu, int page)
    {
        ulong* entry = Entry(vcpu, TablePages + page);
        ulong before = *entry;
        *entry = 0;
        return PageBits.IsPresent(before) ? PageBits.Frame(before) : null;
    }

    /// <summary>Gives the windows' frames back.</summary>
    public void Free() => _frames.Memory.Free(VmmFrames.Owner, _range);

    private ulong* Entry(int vcpu, int page)
    {
        int index = (vcpu * PagesPerVcpu) + page;
        return (ulong*)_frames.Page(_range.First + (ulong)(index / 512)) + (index % 512);
    }
}
