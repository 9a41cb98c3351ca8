using System.Buffers.Binary;
using Dominion.Cpu.X86;

namespace Dominion.FullVirt.Boot;

/// <summary>The global descriptor table that every protocol here is entered with: flat 4 GiB segments at the selectors that the Linux boot protocol asks for (boot.rst, "32-bit Boot Protocol"), and a task-state segment, which PVH asks for.</summary>
internal static class FlatDescriptorTable
{
    /// <summary>Code: execute and read.</summary>
    public const ushort CodeSelector = 0x10;

    /// <summary>Data: read and write.</summary>
    public const ushort DataSelector = 0x18;

    /// <summary>The task-state segment: base 0, limit 0x67.</summary>
    public const ushort TaskSelector = 0x20;

    /// <summary>The table's length in bytes.</summary>
    public const int Length = 0x28;

    private const X86SegmentAttributes Flat =
        X86SegmentAttributes.Present | X86SegmentAttributes.NonSystem | X86SegmentAttributes.Accessed | X86SegmentAttributes.WritableOrReadable |
        X86SegmentAttributes.Default32 | X86SegmentAttributes.Granularity;

    /// <summary>The descriptor cache of CS.</summary>
    public static X86Segment Code => new() { Limit = uint.MaxValue, Selector = CodeSelector, Attributes = Flat | X86SegmentAttributes.Code };

    /// <summary>The descriptor cache of the data segments.</summary>
    public static X86Segment Data => new() { Limit = uint.MaxValue, Selector = DataSelector, Attributes = Flat };

    /// <summary>The descriptor cache of TR: a busy 32-bit task-state segment.</summary>
    public static X86Segment Task => new() { Limit = 0x67, Selector = TaskSelector, Attributes = (X86SegmentAttributes)0xb | X86SegmentAttributes.Present };

    /// <summary>Makes the table (SDM volume 3A, 3.4.5 and figure 3-8).</summary>
    /// <returns>The bytes.</returns>
    public static byte[] Build()
    {
        byte[] table = new byte[Length];
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(CodeSelector), 0x00cf_9b00_0000_ffff);
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(DataSelector), 0x00cf_9300_0000_ffff);
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(TaskSelector), 0x0000_8b00_0000_0067);
        return table;
    }
}
