namespace Dominion.Paravirt.Xen.Paging;

/// <summary>The level-4 slots 256 to 271, which are the VMM's in every table of a guest (xen/include/public/arch-x86/xen-x86_64.h).</summary>
internal sealed unsafe class ReservedSlots
{
    /// <summary>The slot of the machine-to-physical table.</summary>
    public const int MachineToPhysicalSlot = 256;

    /// <summary>The slot of the domain's own structures: the vCPUs' descriptor tables.</summary>
    public const int DomainSlot = 260;

    private readonly ulong[] _entries = new ulong[PageTableEntryRules.LastReservedSlot - PageTableEntryRules.FirstReservedSlot + 1];

    /// <summary>Sets what a slot holds in tables that are validated from now on.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="entry">The entry.</param>
    public void Set(int slot, ulong entry) => _entries[slot - PageTableEntryRules.FirstReservedSlot] = entry;

    /// <summary>Writes the slots into a level-4 table.</summary>
    /// <param name="table">The table's 512 entries.</param>
    public void Install(ulong* table) => _entries.CopyTo(new Span<ulong>(table + PageTableEntryRules.FirstReservedSlot, _entries.Length));
}
