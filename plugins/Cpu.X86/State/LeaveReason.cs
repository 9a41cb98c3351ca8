namespace Dominion.Cpu.X86.State;

/// <summary>Why the block loop was left.</summary>
internal enum LeaveReason : byte
{
    /// <summary>RIP is set; look up the block there.</summary>
    Branch,

    /// <summary>An exception or software interrupt waits in the state.</summary>
    Fault,

    /// <summary>The run ends with what the intercept's handler left behind.</summary>
    Exit,
}
