namespace Dominion.Cpu.X86;

/// <summary>Why <see cref="IX86Core.Run"/> returned.</summary>
public enum X86ExitReason : byte
{
    /// <summary>The instruction budget is spent.</summary>
    Budget,

    /// <summary><see cref="IX86Core.RequestExit"/> was called.</summary>
    Requested,

    /// <summary>The vCPU waits (<see cref="X86Activity.Halted"/> or <see cref="X86Activity.WaitForStartup"/>) and no event is there to end that.</summary>
    Halted,

    /// <summary>A triple fault.</summary>
    Shutdown,

    /// <summary>An intercept whose handler answered <see cref="X86Verdict.Exited"/>.</summary>
    Intercepted,
}
