using Dominion.Cpu.X86;

namespace Dominion.Oracle.X86.Core;

/// <summary>Ends a run at the first exception and keeps it.</summary>
internal sealed class ExceptionCatcher : IX86InterceptHandler
{
    public X86Event? Caught { get; set; }

    public IX86SecondLevel? SecondLevel => null;

    public X86Verdict OnIntercept(ref X86InterceptInfo info)
    {
        Caught = info.Event;
        return X86Verdict.Exited;
    }
}
