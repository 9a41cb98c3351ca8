namespace Dominion.Paravirt.Xen.Emulation;

/// <summary>Rules for linear addresses of 64-bit guests.</summary>
internal static class GuestAddress
{
    /// <summary>Whether bits 63 to 47 are equal.</summary>
    public static bool IsCanonical(ulong address) => (ulong)((long)(address << 16) >> 16) == address;

    /// <summary>Whether a canonical address is outside the VMM's slots.</summary>
    public static bool IsGuest(ulong address) => IsCanonical(address) && !Paging.PageTableEntryRules.IsVmmLinear(address);
}
