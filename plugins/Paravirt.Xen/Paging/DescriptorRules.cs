using Dominion.Paravirt.Xen.Abi;

namespace Dominion.Paravirt.Xen.Paging;

/// <summary>Which segment descriptors a guest may have (SDM volume 3A, 3.4.5): code and data below the VMM's privilege, and call gates into the guest's own kernel.</summary>
internal static class DescriptorRules
{
    private const ulong Present = 1UL << 47;
    private const ulong NonSystem = 1UL << 44;
    private const ulong Code = 1UL << 43;
    private const ulong Conforming = 1UL << 42;
    private const ulong Accessed = 1UL << 40;
    private const ulong LongCode = 1UL << 53;
    private const ulong Default32 = 1UL << 54;
    private const int DplShift = 45;
    private const int TypeShift = 40;
    private const int CallGate32 = 12;

    /// <summary>Checks a page of descriptors and lowers those that claim the VMM's privilege.</summary>
    /// <param name="descriptors">The 512 descriptors.</param>
    public static XenError Validate(Span<ulong> descriptors)
    {
        // Nothing is changed until all are known to be good.
        foreach (ulong descriptor in descriptors)
        {
            ulong fixedUp = descriptor;
            if (!TryFix(ref fixedUp))
                return XenError.Invalid;
        }

        for (int i = 0; i < descriptors.Length; i++)
            TryFix(ref descriptors[i]);
        return XenError.Success;
    }

    /// <summary>Checks a descriptor, and raises its privilege level to the guest kernel's where it is below.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <returns>False when no guest may have it.</returns>
    public static bool TryFix(ref ulong descriptor)
    {
        if ((descriptor & Present) == 0)
            return true;
        if ((descriptor & NonSystem) == 0)
            return TryFixGate(ref descriptor);

        // A 64-bit guest's kernel is at level 3.
        descriptor |= 3UL << DplShift;
        if ((descriptor & Code) == 0)
            return true;
        if ((descriptor & Conforming) != 0)
            return false;
        if ((descriptor & (LongCode | Default32)) == (LongCode | Default32))
            return false;

        // The processor would set the flag in a page that the guest maps read-only.
        descriptor |= Accessed;
        return true;
    }

    /// <summary>Call gates become not present: their use faults, and the guest gets the fault. Other system descriptors are the VMM's alone.</summary>
    private static bool TryFixGate(ref ulong descriptor)
    {
        if (((descriptor >> TypeShift) & 15) != CallGate32)
            return false;
        ushort selector = (ushort)(descriptor >> 16);
        if ((selector & ~3) == 0 || (selector & 3) == 0)
            return false;
        descriptor &= ~Present;
        return true;
    }
}
