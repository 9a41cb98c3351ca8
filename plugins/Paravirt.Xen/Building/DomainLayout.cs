using Dominion.Diagnostics;
using Dominion.Memory;

namespace Dominion.Paravirt.Xen.Building;

/// <summary>
/// Where everything goes: the kernel, [RAM disk, p2m,] start_info, the two rings, page tables and a stack, one behind the other from the kernel's base on
/// and mapped there; behind them, where the kernel asks for it, the RAM disk unmapped and the p2m list at an address of the kernel's choice. All in frames.
/// </summary>
internal sealed record DomainLayout
{
    private const ulong MappedUnit = 4UL << 20;
    private const ulong Slack = 512UL << 10;

    /// <summary>The linear address of frame 0.</summary>
    public required ulong VirtualBase { get; init; }

    /// <summary>The first frame of the RAM disk.</summary>
    public required ulong Ramdisk { get; init; }

    /// <summary>The first frame of the p2m list.</summary>
    public required ulong PhysicalToMachine { get; init; }

    /// <summary>How many frames the list has.</summary>
    public required ulong PhysicalToMachineCount { get; init; }

    /// <summary>How many page tables the list has for itself, behind it.</summary>
    public required ulong PhysicalToMachineTables { get; init; }

    /// <summary>The list's linear address.</summary>
    public required ulong PhysicalToMachineVirtual { get; init; }

    /// <summary>The frame of start_info.</summary>
    public required ulong StartInfo { get; init; }

    /// <summary>The frame of XenStore's ring.</summary>
    public ulong StoreRing => StartInfo + 1;

    /// <summary>The frame of the console's ring.</summary>
    public ulong ConsoleRing => StartInfo + 2;

    /// <summary>The first frame of the page tables, which is the root.</summary>
    public ulong Tables => StartInfo + 3;

    /// <summary>How many page tables there are for what is mapped from the base on.</summary>
    public required ulong TableCount { get; init; }

    /// <summary>The frame of the stack.</summary>
    public ulong Stack => Tables + TableCount;

    /// <summary>How many frames are mapped from frame 0 on.</summary>
    public required ulong Mapped { get; init; }

    /// <summary>The linear address of a frame.</summary>
    public ulong Virtual(ulong pfn) => VirtualBase + (pfn << FrameRange.FrameShift);

    /// <summary>Plans a domain.</summary>
    /// <param name="boot">What it boots.</param>
    /// <param name="pages">How many frames it has.</param>
    /// <param name="domain">Its name, for diagnostics.</param>
    /// <exception cref="DiagnosticException">It does not fit.</exception>
    public static DomainLayout Plan(PvBoot boot, ulong pages, string domain)
    {
        ulong next = Pages(boot.Kernel.PhysicalEnd);
        ulong ramdiskPages = Pages((ulong)(boot.Ramdisk?.Length ?? 0));
        ulong listPages = Pages(8 * pages);
        bool ramdiskBehind = boot.Kernel.ModuleStartPfn;
        ulong ramdisk = ramdiskBehind ? 0 : Take(ref next, ramdiskPages);
        ulong list = boot.Kernel.InitialP2M is null ? Take(ref next, listPages) : 0;
        ulong listVirtual = boot.Kernel.InitialP2M ?? boot.Kernel.VirtualBase + (list << FrameRange.FrameShift);
        ulong start = Take(ref next, 3);

        // The tables map themselves: their number depends on how much is mapped, and that on their number.
        ulong tables = 0;
        ulong mapped;
        while (true)
        {
            ulong end = ((next + tables + 1) << FrameRange.FrameShift) + Slack;
            mapped = ((end + MappedUnit - 1) & ~(MappedUnit - 1)) >> FrameRange.FrameShift;
            ulong needed = 1 + CountTables(boot.Kernel.VirtualBase, mapped);
            if (needed <= tables)
                break;
            tables = needed;
        }

        next += tables + 1;
        if (ramdiskBehind)
            ramdisk = Take(ref next, ramdiskPages);
        ulong listTables = 0;
        if (boot.Kernel.InitialP2M is { } address)
        {
            listTables = CountTables(address, listPages);
            list = Take(ref next, listPages + listTables);
        }

        if (next > pages)
        {
            throw new DiagnosticException(
                XenDiagnostics.DoesNotFit,
                $"domain '{domain}' has {pages >> 8} MiB of memory; its kernel, RAM disk and tables need {(next + 255) >> 8} MiB",
                "raise the domain's memory");
        }

        return new DomainLayout
        {
            VirtualBase = boot.Kernel.VirtualBase,
            Ramdisk = ramdisk,
            PhysicalToMachine = list,
            PhysicalToMachineCount = listPages,
            PhysicalToMachineTables = listTables,
            PhysicalToMachineVirtual = listVirtual,
            StartInfo = start,
            TableCount = tables,
            Mapped = Math.Min(mapped, pages),
        };
    }

    private static ulong Pages(ulong bytes) => (bytes + FrameRange.FrameSize - 1) >> FrameRange.FrameShift;

    private static ulong Take(ref ulong next, ulong count)
    {
        ulong first = next;
        next += count;
        return first;
    }

    /// <summary>How many tables of levels 1 to 3 map a range.</summary>
    private static ulong CountTables(ulong start, ulong pages)
    {
        ulong count = 0;
        ulong last = start + (pages << FrameRange.FrameShift) - 1;
        for (int shift = 21; shift <= 39; shift += 9)
            count += (last >> shift) - (start >> shift) + 1;
        return count;
    }
}
