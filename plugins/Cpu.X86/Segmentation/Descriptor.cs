using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Segmentation;

/// <summary>A segment or gate descriptor as it is in a table (SDM volume 3A, 3.4.5 and 5.8.3).</summary>
/// <param name="Low">The first eight bytes.</param>
/// <param name="High">The next eight, of a system descriptor in IA-32e mode; otherwise 0.</param>
internal readonly record struct Descriptor(ulong Low, ulong High = 0)
{
    /// <summary>The type field, bits 43–40.</summary>
    public int Type => (int)(Low >> 40) & 15;

    /// <summary>The S flag: a code or data segment.</summary>
    public bool IsSegment => ((Low >> 44) & 1) != 0;

    /// <summary>A code segment.</summary>
    public bool IsCode => IsSegment && (Type & 8) != 0;

    /// <summary>A conforming code segment.</summary>
    public bool IsConforming => (Type & 12) == 12;

    /// <summary>Code that can be read, or data.</summary>
    public bool IsReadable => IsSegment && ((Type & 8) == 0 || (Type & 2) != 0);

    /// <summary>Data that can be written.</summary>
    public bool IsWritableData => IsSegment && (Type & 10) == 2;

    /// <summary>The descriptor privilege level.</summary>
    public int Dpl => (int)(Low >> 45) & 3;

    /// <summary>The P flag.</summary>
    public bool IsPresent => ((Low >> 47) & 1) != 0;

    /// <summary>The L flag.</summary>
    public bool IsLong => ((Low >> 53) & 1) != 0;

    /// <summary>The D or B flag.</summary>
    public bool IsDefault32 => ((Low >> 54) & 1) != 0;

    /// <summary>The base of a segment, with the upper half of a system descriptor in IA-32e mode.</summary>
    public ulong Base => ((Low >> 16) & 0xFF_FFFF) | ((Low >> 32) & 0xFF00_0000) | (High << 32);

    /// <summary>The limit in bytes.</summary>
    public uint Limit
    {
        get
        {
            uint limit = (uint)(Low & 0xFFFF) | (uint)((Low >> 32) & 0xF_0000);
            return ((Low >> 55) & 1) != 0 ? (limit << 12) | 0xFFF : limit;
        }
    }

    /// <summary>A gate's target selector.</summary>
    public ushort GateSelector => (ushort)(Low >> 16);

    /// <summary>A gate's target offset.</summary>
    public ulong GateOffset => (Low & 0xFFFF) | ((Low >> 32) & 0xFFFF_0000) | (High << 32);

    /// <summary>The type field of a 16-byte call gate's upper half, which must be zero (SDM volume 3A, 5.8.3.1).</summary>
    public int HighType => (int)(High >> 40) & 31;

    /// <summary>A call gate's parameter count.</summary>
    public int GateParameters => (int)(Low >> 32) & 31;

    /// <summary>An interrupt gate's stack table index, in IA-32e mode.</summary>
    public int GateStack => (int)(Low >> 32) & 7;

    /// <summary>The access rights as the state keeps them.</summary>
    public X86SegmentAttributes Attributes => (X86SegmentAttributes)(((Low >> 40) & 0xFF) | (((Low >> 52) & 15) << 12));

    /// <summary>The register that this descriptor makes.</summary>
    public X86Segment ToSegment(ushort selector) => new() { Base = Base, Limit = Limit, Selector = selector, Attributes = Attributes };
}
