namespace Dominion.Paravirt.Xen.Emulation;

/// <summary>RFLAGS as a deprivileged kernel sees and sets them.</summary>
internal static class GuestFlags
{
    public const ulong Fixed = 2;
    public const ulong Trap = 1 << 8;
    public const ulong Interrupt = 1 << 9;
    public const ulong IoPrivilege = 3 << 12;
    public const ulong NestedTask = 1 << 14;
    public const ulong Resume = 1 << 16;
    public const ulong Virtual8086 = 1 << 17;
    public const ulong AlignmentCheck = 1 << 18;

    private const ulong Settable = 0x0025_4DD5;

    /// <summary>What the processor gets when the guest asks for flags: interrupts always on, and no privilege for I/O.</summary>
    public static ulong Real(ulong flags) => (flags & Settable & ~IoPrivilege) | Fixed | Interrupt;
}
