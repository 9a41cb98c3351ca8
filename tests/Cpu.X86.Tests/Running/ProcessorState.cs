namespace Dominion.Cpu.X86.Tests.Running;

/// <summary>The user-visible registers that one instruction starts with or leaves behind.</summary>
internal unsafe struct ProcessorState
{
    public fixed ulong Gpr[16];

    public ulong Rflags;

    public uint Mxcsr;

    public fixed ulong Mmx[8];

    /// <summary>XMM0 to XMM15, two quadwords each.</summary>
    public fixed ulong Xmm[32];

    /// <summary>The upper halves of YMM0 to YMM15, two quadwords each.</summary>
    public fixed ulong Upper[32];
}
