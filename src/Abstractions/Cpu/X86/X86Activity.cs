namespace Dominion.Cpu.X86;

/// <summary>What a vCPU does (SDM volume 3C, 25.4.2 "Guest Non-Register State"); the values are the VMCS's.</summary>
public enum X86Activity : byte
{
    /// <summary>Executes instructions.</summary>
    Active = 0,

    /// <summary>HLT: waits for an interrupt.</summary>
    Halted = 1,

    /// <summary>A triple fault: only RESET, INIT or NMI ends it.</summary>
    Shutdown = 2,

    /// <summary>After INIT, on an application processor.</summary>
    WaitForStartup = 3,
}
