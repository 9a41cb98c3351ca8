namespace Dominion.Paravirt.Xen.Emulation;

/// <summary>The guest's handler of a vector (struct trap_info, xen/include/public/arch-x86/xen.h).</summary>
/// <param name="Address">Its linear address; 0 when there is none.</param>
/// <param name="Flags">Bits 0–1: the privilege level that INT n needs; bit 2: events are masked on the way in.</param>
internal readonly record struct TrapHandler(ulong Address, byte Flags)
{
    /// <summary>See <see cref="Flags"/>.</summary>
    public const byte MasksEventsFlag = 4;

    /// <summary>The privilege level that INT n needs.</summary>
    public int Privilege => Flags & 3;

    /// <summary>Whether events are masked on the way in.</summary>
    public bool MasksEvents => (Flags & MasksEventsFlag) != 0;
}
