using Dominion.Cpu.X86;

namespace Dominion.Oracle.X86;

/// <summary>The segments that code under test may name: Linux's own two for user code in the GDT, and a local descriptor table of ours. The host and the core have the same.</summary>
internal static class SegmentTable
{
    public const ushort FlatData = 0x2B;
    public const ushort Code64 = 0x33;
    public const ushort Code32 = Local | (0 << 3);
    public const ushort Code16 = Local | (1 << 3);

    /// <summary>64 KiB from the arena's start.</summary>
    public const ushort ArenaData = Local | (2 << 3);

    /// <summary>8 KiB: the data.</summary>
    public const ushort SmallData = Local | (3 << 3);

    /// <summary>4 GiB from the middle of the data.</summary>
    public const ushort LargeData = Local | (4 << 3);

    public const ushort ExpandDown = Local | (5 << 3);
    public const ushort ReadOnlyData = Local | (6 << 3);
    public const ushort NotPresent = Local | (7 << 3);
    public const ushort ExecuteOnly = Local | (8 << 3);

    /// <summary>How many entries the GDT of 64-bit Linux has.</summary>
    public const int GlobalEntries = 16;

    public const int LocalEntries = 9;
    private const ushort Local = 7;

    /// <summary>The base address of a segment.</summary>
    public static uint Base(ushort selector, uint arena) => selector switch
    {
        Code16 => arena + ArenaLayout.Code,
        ArenaData or ExpandDown or ReadOnlyData => arena,
        SmallData => arena + ArenaLayout.Data,
        LargeData => arena + ArenaLayout.Data + 0x1000,
        _ => 0,
    };

    /// <summary>The local descriptors (SDM volume 3A, 3.4.5).</summary>
    public static ulong[] LocalDescriptors(uint arena) =>
    [
        Descriptor(0, 0xFFFFF, 0xC0FB),
        Descriptor(Base(Code16, arena), 0xFFFF, 0x00FB),
        Descriptor(Base(ArenaData, arena), 0xFFFF, 0x40F3),
        Descriptor(Base(SmallData, arena), ArenaLayout.DataSize - 1, 0x40F3),
        Descriptor(Base(LargeData, arena), 0xFFFFF, 0xC0F3),
        Descriptor(Base(ExpandDown, arena), ArenaLayout.Data - 1, 0x40F7),
        Descriptor(Base(ReadOnlyData, arena), 0xFFFF, 0x40F1),
        Descriptor(0, 0xFFFFF, 0xC073),
        Descriptor(0, 0xFFFFF, 0xC0F9),
    ];

    /// <summary>The global descriptors, of which user code sees its data and code segments.</summary>
    public static ulong[] GlobalDescriptors()
    {
        ulong[] table = new ulong[GlobalEntries];
        table[FlatData >> 3] = Descriptor(0, 0xFFFFF, 0xC0F3);
        table[Code64 >> 3] = Descriptor(0, 0xFFFFF, 0xA0FB);
        return table;
    }

    /// <summary>The base of FS and of GS in 64-bit code on a host without local segments, where the kernel sets them for a selector of 0.</summary>
    public static uint ThreadBase(X86SegmentRegister register, uint arena) => Base(register == X86SegmentRegister.Fs ? SmallData : LargeData, arena);

    /// <summary>A segment register as a load of the selector leaves it.</summary>
    public static X86Segment Load(ushort selector, uint arena)
    {
        if ((selector & ~3) == 0)
            return new X86Segment { Selector = selector, Attributes = X86SegmentAttributes.Unusable };
        ulong[] table = (selector & 4) != 0 ? LocalDescriptors(arena) : GlobalDescriptors();
        ulong descriptor = table[selector >> 3];
        uint limit = (uint)((descriptor & 0xFFFF) | ((descriptor >> 32) & 0xF_0000));
        if ((descriptor & (1UL << 55)) != 0)
            limit = (limit << 12) | 0xFFF;
        return new X86Segment
        {
            Selector = selector,
            Base = ((descriptor >> 16) & 0xFF_FFFF) | ((descriptor >> 32) & 0xFF00_0000),
            Limit = limit,
            Attributes = (X86SegmentAttributes)((descriptor >> 40) & 0xF0FF),
        };
    }

    /// <param name="start">The base address.</param>
    /// <param name="limit">20 bits.</param>
    /// <param name="attributes">Bits 40 to 55 of the descriptor, those of the limit clear.</param>
    private static ulong Descriptor(uint start, uint limit, uint attributes) =>
        (limit & 0xFFFF) | ((ulong)(start & 0xFF_FFFF) << 16) | ((ulong)attributes << 40) | ((ulong)(limit & 0xF_0000) << 32) | ((ulong)(start & 0xFF00_0000) << 32);
}
