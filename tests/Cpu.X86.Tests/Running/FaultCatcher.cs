namespace Dominion.Cpu.X86.Tests.Running;

/// <summary>Ends a run at the first exception and keeps it.</summary>
internal sealed class FaultCatcher : IX86InterceptHandler
{
    public X86Event? Caught { get; set; }

    public IX86SecondLevel? SecondLevel => null;

    public X86Verdict OnIntercept(ref X86InterceptInfo info)
    {
        Caught = info.Event;
        return X86Verdict.Exited;
    }
}
