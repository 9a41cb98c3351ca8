using Dominion.Memory;
using Dominion.Paravirt.Xen.Memory;

namespace Dominion.Paravirt.Xen.Paging;

/// <summary>Finds entries in a domain's validated page tables.</summary>
/// <param name="frames">The machine's frames.</param>
/// <param name="types">The domain's references.</param>
internal sealed unsafe class GuestTables(FrameTable frames, PageTypes types)
{
    /// <summary>Finds the level-1 entry of a linear address. Called under the paging lock.</summary>
    /// <param name="root">The level-4 table's frame.</param>
    /// <param name="linear">The linear address.</param>
    /// <param name="slot">The entry's machine address.</param>
    /// <returns>False when a table is missing on the way, or the address is the VMM's.</returns>
    public bool TryFindLeaf(ulong root, ulong linear, out ulong slot)
    {
        slot = 0;
        if (root == 0 || PageTableEntryRules.IsVmmLinear(linear))
            return false;
        ulong table = root;
        for (int level = 4; level > 1; level--)
        {
            ulong entry = *(ulong*)(frames.Page(table) + Offset(linear, level));
            if (!PageBits.IsPresent(entry))
                return false;
            table = PageBits.Frame(entry);
            if (!types.Owns(table))
                return false;
        }

        slot = (table << FrameRange.FrameShift) + Offset(linear, 1);
        return true;
    }

    private static ulong Offset(ulong linear, int level) => ((linear >> (12 + (9 * (level - 1)))) & 511) * sizeof(ulong);
}
