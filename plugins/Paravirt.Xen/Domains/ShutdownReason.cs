namespace Dominion.Paravirt.Xen.Domains;

/// <summary>SHUTDOWN_* (xen/include/public/sched.h).</summary>
internal enum ShutdownReason : uint
{
    PowerOff = 0,
    Reboot = 1,
    Suspend = 2,
    Crash = 3,
    Watchdog = 4,
    SoftReset = 5,
}
