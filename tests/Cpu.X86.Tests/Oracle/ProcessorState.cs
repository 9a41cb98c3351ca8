using System.Runtime.InteropServices;

namespace Dominion.Cpu.X86.Tests.Oracle;

/// <summary>The user-visible registers that one instruction starts with or leaves behind. Generated code reads and writes it at these offsets.</summary>
[StructLayout(LayoutKind.Explicit, Size = 0x400)]
internal unsafe struct ProcessorState
{
    public const int GprOffset = 0;
    public const int FlagsOffset = 0x80;
    public const int MxcsrOffset = 0x88;
    public const int MmxOffset = 0x90;
    public const int XmmOffset = 0x100;
    public const int UpperOffset = 0x200;
    public const int HostStackOffset = 0x300;
    public const int HostMxcsrOffset = 0x308;

    [FieldOffset(GprOffset)]
    public fixed ulong Gpr[16];

    [FieldOffset(FlagsOffset)]
    public ulong Rflags;

    [FieldOffset(MxcsrOffset)]
    public uint Mxcsr;

    [FieldOffset(MmxOffset)]
    public fixed ulong Mmx[8];

    /// <summary>XMM0 to XMM15, two quadwords each.</summary>
    [FieldOffset(XmmOffset)]
    public fixed ulong Xmm[32];

    /// <summary>The upper halves of YMM0 to YMM15, two quadwords each.</summary>
    [FieldOffset(UpperOffset)]
    public fixed ulong Upper[32];

    /// <summary>Where the host's stack pointer waits.</summary>
    [FieldOffset(HostStackOffset)]
    public ulong HostStack;

    /// <summary>What the runtime expects in MXCSR.</summary>
    [FieldOffset(HostMxcsrOffset)]
    public uint HostMxcsr;
}
