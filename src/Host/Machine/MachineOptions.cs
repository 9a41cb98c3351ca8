using Dominion.Host.Composition;
using Dominion.Host.Machine.Consoles;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dominion.Host.Machine;

/// <summary>What a machine needs beside its plan.</summary>
public sealed record MachineOptions
{
    /// <summary>Makes the logs.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Makes what a domain's console shows itself on.</summary>
    public required Func<DomainPlan, IConsoleOutput> CreateConsole { get; init; }

    /// <summary>The civil time at which virtual time starts.</summary>
    public DateTimeOffset VirtualEpoch { get; init; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How many instructions a vCPU's turn has at most in virtual time.</summary>
    public long VirtualQuantum { get; init; } = 50_000;
}
