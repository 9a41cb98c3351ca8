using Dominion.Paravirt.Xen.Memory;

namespace Dominion.Paravirt.Xen.Paging;

/// <summary>Which bits a 64-bit guest may set in page-table entries, and what the VMM adds: at CPL 3 every page of the guest must be a user page, and kernel pages are told apart by bit 52.</summary>
internal static class PageTableEntryRules
{
    /// <summary>Marks the pages of the guest's kernel.</summary>
    public const ulong GuestKernel = 1UL << 52;

    /// <summary>Level-4 slots that are the VMM's: never the guest's to set.</summary>
    public const int FirstReservedSlot = 256;

    /// <summary>The last of them.</summary>
    public const int LastReservedSlot = 271;

    private const ulong CacheAttributes = PageBits.Large | PageBits.CacheDisable | PageBits.WriteThrough;
    private const ulong GrantMarker = 1UL << 62;

    /// <summary>Flags of an entry that may change without its references changing.</summary>
    private const ulong LeafFreeBits = PageBits.Accessed | PageBits.Dirty | PageBits.Available | PageBits.AvailableHigh | PageBits.NoExecute | PageBits.Global | PageBits.User;

    private const ulong BranchFreeBits = PageBits.Accessed | PageBits.Dirty | PageBits.Available | PageBits.AvailableHigh | PageBits.NoExecute | PageBits.User;

    /// <summary>Whether an entry of a level has a bit that guests may not set: cache attributes (a guest without devices), large pages, and bits above the table's kind.</summary>
    public static bool IsForbidden(int level, ulong entry) => (entry & (level == 1 ? CacheAttributes | GrantMarker : CacheAttributes | PageBits.Global)) != 0;

    /// <summary>Whether a level-4 slot is the guest's own.</summary>
    public static bool IsGuestSlot(int slot) => slot is < FirstReservedSlot or > LastReservedSlot;

    /// <summary>Whether a linear address is in the VMM's slots.</summary>
    public static bool IsVmmLinear(ulong linear) => !IsGuestSlot((int)(linear >> 39) & 511);

    /// <summary>What is written when the guest asks for an entry.</summary>
    public static ulong Adjust(int level, ulong entry)
    {
        if (!PageBits.IsPresent(entry))
            return entry;
        if (level > 1)
            return entry | PageBits.User;
        if ((entry & PageBits.User) == 0)
            return entry | GuestKernel | PageBits.User;
        return (entry & GuestKernel) == 0 ? entry | PageBits.Global : entry;
    }

    /// <summary>Whether two present entries differ in nothing that references hang on. A change of the writable bit is never among the free ones.</summary>
    public static bool HasSameReferences(int level, ulong before, ulong after) =>
        PageBits.IsPresent(before) && PageBits.IsPresent(after) && ((before ^ after) & ~(level == 1 ? LeafFreeBits : BranchFreeBits)) == 0;

    /// <summary>The type that a table of a level has.</summary>
    public static FrameType TypeOf(int level) => (FrameType)level;
}
