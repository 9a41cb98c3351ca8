namespace Dominion.Paravirt.Xen.Emulation;

/// <summary>CALLBACKTYPE_* (xen/include/public/callback.h).</summary>
internal enum CallbackType : ushort
{
    Event = 0,
    Failsafe = 1,
    Syscall = 2,
    SysenterDeprecated = 3,
    Nmi = 4,
    Sysenter = 5,
    Syscall32 = 7,
}
