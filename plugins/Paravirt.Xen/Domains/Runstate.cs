namespace Dominion.Paravirt.Xen.Domains;

/// <summary>RUNSTATE_* (xen/include/public/vcpu.h).</summary>
internal enum Runstate
{
    Running = 0,
    Runnable = 1,
    Blocked = 2,
    Offline = 3,
}
