using System.Runtime.InteropServices;

namespace Dominion.Oracle.X86;

/// <summary>What an instruction starts with or leaves behind: the extended state in the layout of XSAVE (SDM volume 1, 13.4), the general registers, and the exception that ended it. Generated code reads it at these offsets.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct ProcessorState
{
    public const int Size = 0x400;
    public const int ExtendedSize = 832;
    public const int GprOffset = 0x340;
    public const int SelectorsOffset = 0x3D0;

    [FieldOffset(0)]
    public fixed byte Extended[ExtendedSize];

    [FieldOffset(0)]
    public ushort FloatControl;

    [FieldOffset(2)]
    public ushort FloatStatus;

    /// <summary>A bit a physical register: it is in use.</summary>
    [FieldOffset(4)]
    public byte FloatTags;

    [FieldOffset(6)]
    public ushort FloatOpcode;

    [FieldOffset(8)]
    public ulong FloatInstruction;

    [FieldOffset(16)]
    public ulong FloatOperand;

    [FieldOffset(24)]
    public uint Mxcsr;

    [FieldOffset(28)]
    public uint MxcsrMask;

    /// <summary>ST(0) to ST(7), two quadwords each.</summary>
    [FieldOffset(32)]
    public fixed ulong Float[16];

    /// <summary>XMM0 to XMM15, two quadwords each.</summary>
    [FieldOffset(160)]
    public fixed ulong Xmm[32];

    /// <summary>XSTATE_BV.</summary>
    [FieldOffset(512)]
    public ulong Components;

    /// <summary>The upper halves of YMM0 to YMM15, two quadwords each.</summary>
    [FieldOffset(576)]
    public fixed ulong Upper[32];

    /// <summary>RAX to R15 by their numbers.</summary>
    [FieldOffset(GprOffset)]
    public fixed ulong Gpr[16];

    [FieldOffset(0x3C0)]
    public ulong Rip;

    [FieldOffset(0x3C8)]
    public ulong Rflags;

    /// <summary>ES, CS, SS, DS, FS, GS.</summary>
    [FieldOffset(SelectorsOffset)]
    public fixed ushort Selectors[6];

    /// <summary>The exception's vector.</summary>
    [FieldOffset(0x3E0)]
    public uint Vector;

    /// <summary>The exception's error code, or zero.</summary>
    [FieldOffset(0x3E4)]
    public uint ErrorCode;

    /// <summary>For #PF: the address.</summary>
    [FieldOffset(0x3E8)]
    public ulong FaultAddress;

    /// <summary>Gives components that XSTATE_BV calls initial their initial values (SDM volume 1, 13.6).</summary>
    public void ClearUnused(ulong components)
    {
        fixed (byte* area = Extended)
        {
            if ((components & 1) == 0)
            {
                new Span<byte>(area, 24).Clear();
                new Span<byte>(area + 32, 128).Clear();
                FloatControl = 0x37F;
            }

            if ((components & 2) == 0)
                new Span<byte>(area + 160, 256).Clear();
            if ((components & 4) == 0)
                new Span<byte>(area + 576, 256).Clear();
        }
    }
}
