using Dominion.Memory;
using Dominion.Paravirt.Xen.Memory;

namespace Dominion.Paravirt.Xen.Building;

/// <summary>Makes a domain's first page tables. Pages that are tables themselves are mapped read-only.</summary>
/// <param name="memory">The domain's memory.</param>
/// <param name="layout">Where everything goes.</param>
internal sealed unsafe class PageTableBuilder(PseudoPhysicalMemory memory, DomainLayout layout)
{
    private const ulong Leaf = PageBits.Present | PageBits.Accessed;
    private const ulong Branch = PageBits.Present | PageBits.Writable | PageBits.User | PageBits.Accessed | PageBits.Dirty;

    private ulong _next;
    private ulong _end;

    /// <summary>Makes the tables.</summary>
    /// <returns>The root's machine frame.</returns>
    public ulong Build()
    {
        _next = layout.Tables + 1;
        _end = layout.Tables + layout.TableCount;
        Map(layout.VirtualBase, 0, layout.Mapped);
        if (layout.PhysicalToMachineTables != 0)
        {
            _next = layout.PhysicalToMachine + layout.PhysicalToMachineCount;
            _end = _next + layout.PhysicalToMachineTables;
            Map(layout.PhysicalToMachineVirtual, layout.PhysicalToMachine, layout.PhysicalToMachineCount);
        }

        return memory.Mfn(layout.Tables);
    }

    private void Map(ulong linear, ulong pfn, ulong count)
    {
        for (ulong i = 0; i < count; i++, linear += FrameRange.FrameSize)
        {
            ulong table = layout.Tables;
            for (int shift = 39; shift > 12; shift -= 9)
                table = Descend(table, (int)(linear >> shift) & 511);
            ulong target = pfn + i;
            ulong bits = IsTable(target) ? Leaf : Leaf | PageBits.Writable;
            ((ulong*)memory.Page(table))[(int)(linear >> 12) & 511] = (memory.Mfn(target) << FrameRange.FrameShift) | bits;
        }
    }

    private bool IsTable(ulong pfn) =>
        pfn - layout.Tables < layout.TableCount || pfn - (layout.PhysicalToMachine + layout.PhysicalToMachineCount) < layout.PhysicalToMachineTables;

    private ulong Descend(ulong table, int index)
    {
        ulong* entry = (ulong*)memory.Page(table) + index;
        if (*entry != 0)
            return PageBits.Frame(*entry) - memory.Mfn(0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(_next, _end);
        *entry = (memory.Mfn(_next) << FrameRange.FrameShift) | Branch;
        return _next++;
    }
}
