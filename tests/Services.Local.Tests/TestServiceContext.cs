using Dominion.Diagnostics;
using Dominion.Services;
using Dominion.Time;

namespace Dominion.Services.Local.Tests;

/// <summary>A machine as a service sees it: a log in a list and a clock that the test sets.</summary>
internal sealed class TestServiceContext : IServiceContext, ILog, IClock
{
    public List<string> Lines { get; } = [];

    public string Name => "service";

    public ILog Log => this;

    public IClock Clock => this;

    public bool IsRestored { get; set; }

    public long Now { get; set; }

    public long WallClock => Now;

    public Dominion.Time.ITimer CreateTimer(Action callback) => throw new InvalidOperationException("no timers here");

    public bool IsEnabled(LogSeverity severity) => true;

    public void Write(LogSeverity severity, string message) => Lines.Add(message);
}
