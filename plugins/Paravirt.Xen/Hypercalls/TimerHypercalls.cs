using Dominion.Paravirt.Xen.Domains;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>set_timer_op: the singleshot timer by its older name.</summary>
internal static class TimerHypercalls
{
    public static long SetTimer(PvVcpu vcpu, in HypercallArguments arguments)
    {
        if (arguments[0] == 0)
            vcpu.Timers.StopSingleShot();
        else
            vcpu.Timers.SetSingleShot((long)Math.Min(arguments[0], long.MaxValue));
        return 0;
    }
}
