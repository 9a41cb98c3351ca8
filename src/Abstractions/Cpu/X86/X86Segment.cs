using System.Runtime.InteropServices;

namespace Dominion.Cpu.X86;

/// <summary>A segment register with its descriptor cache.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct X86Segment
{
    /// <summary>The base address.</summary>
    [FieldOffset(0)]
    public ulong Base;

    /// <summary>The last offset inside the segment, in bytes (the granularity bit is worked in).</summary>
    [FieldOffset(8)]
    public uint Limit;

    /// <summary>The visible selector.</summary>
    [FieldOffset(12)]
    public ushort Selector;

    /// <summary>The access rights, as in a VMCS (SDM volume 3C, 25.4.1, table 25-2), see <see cref="X86SegmentAttributes"/>.</summary>
    [FieldOffset(14)]
    public X86SegmentAttributes Attributes;

    /// <summary>The descriptor privilege level, 0 to 3.</summary>
    public readonly int Dpl => ((int)Attributes >> 5) & 3;

    /// <summary>The descriptor's type field, 0 to 15.</summary>
    public readonly int Type => (int)Attributes & 15;

    /// <summary>Whether the segment can be used.</summary>
    public readonly bool IsUsable => (Attributes & X86SegmentAttributes.Unusable) == 0;
}
