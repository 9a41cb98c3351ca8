using Dominion.Buses;
using Dominion.Diagnostics;
using Dominion.Time;

namespace Dominion.Oracle.X86.Core;

/// <summary>What else a core asks for: a clock that goes on by itself, ports that nobody answers, a log that nobody reads.</summary>
internal sealed class CoreSurroundings : IClock, IPortSpace, ILog
{
    private const long Step = 1000;
    private long now;

    public long Now => now += Step;

    public long WallClock => now;

    public Dominion.Time.ITimer CreateTimer(Action callback) => throw new NotSupportedException("a core under test has no timers");

    public IBusMapping Map(ushort start, int length, IBusTarget target, string name) => throw new NotSupportedException("a core under test has no devices");

    public uint Read(ushort port, AccessWidth width, int initiator) => uint.MaxValue;

    public void Write(ushort port, AccessWidth width, uint value, int initiator)
    {
    }

    public bool IsEnabled(LogSeverity severity) => false;

    public void Write(LogSeverity severity, string message)
    {
    }
}
