using System.Buffers.Binary;

namespace Dominion.Guests.Building;

/// <summary>Writes an ELF32 executable for i386 (System V ABI, "Object Files").</summary>
internal sealed class ElfWriter
{
    /// <summary>PF_X.</summary>
    public const uint Execute = 1;

    /// <summary>PF_W.</summary>
    public const uint Write = 2;

    /// <summary>PF_R.</summary>
    public const uint Read = 4;

    private const int HeaderSize = 52;
    private const int ProgramHeaderSize = 32;
    private const int DataStart = 0x1000;
    private const uint TypeLoad = 1;
    private const uint TypeNote = 4;

    private readonly uint _entry;
    private readonly List<(uint Type, uint Address, byte[] Data, uint MemorySize, uint Flags)> _segments = [];

    /// <summary>Starts an image.</summary>
    /// <param name="entry">The first instruction's address.</param>
    public ElfWriter(uint entry)
    {
        _entry = entry;
    }

    /// <summary>Adds a segment to load.</summary>
    /// <param name="address">Its physical and virtual address.</param>
    /// <param name="data">Its bytes.</param>
    /// <param name="memorySize">Its length in memory.</param>
    /// <param name="flags">Read, Write, Execute.</param>
    public void Load(uint address, byte[] data, uint memorySize, uint flags) => _segments.Add((TypeLoad, address, data, memorySize, flags));

    /// <summary>Adds a segment of notes.</summary>
    /// <param name="address">Where it is loaded to by another segment.</param>
    /// <param name="data">Its bytes.</param>
    public void Note(uint address, ReadOnlySpan<byte> data) => _segments.Add((TypeNote, address, data.ToArray(), (uint)data.Length, Read));

    /// <summary>Makes the file: headers, then each segment's bytes at a page of its own, the first at 1000h so that a Multiboot header at its start is found.</summary>
    /// <returns>The bytes.</returns>
    public byte[] ToArray()
    {
        int length = DataStart + _segments.Sum(s => PageAlign(s.Data.Length));
        byte[] file = new byte[length];
        Span<byte> header = file;
        "\u007fELF\u0001\u0001\u0001"u8.CopyTo(header);
        Put16(header, 16, 2);
        Put16(header, 18, 3);
        Put32(header, 20, 1);
        Put32(header, 24, _entry);
        Put32(header, 28, HeaderSize);
        Put16(header, 40, HeaderSize);
        Put16(header, 42, ProgramHeaderSize);
        Put16(header, 44, (ushort)_segments.Count);

        int offset = DataStart;
        for (int i = 0; i < _segments.Count; i++)
        {
            (uint type, uint address, byte[] data, uint memorySize, uint flags) = _segments[i];
            Span<byte> entry = header[(HeaderSize + (i * ProgramHeaderSize))..];
            Put32(entry, 0, type);
            Put32(entry, 4, (uint)offset);
            Put32(entry, 8, address);
            Put32(entry, 12, address);
            Put32(entry, 16, (uint)data.Length);
            Put32(entry, 20, memorySize);
            Put32(entry, 24, flags);
            Put32(entry, 28, type == TypeLoad ? 0x1000u : 4u);
            data.CopyTo(file.AsSpan(offset));
            offset += PageAlign(data.Length);
        }

        return file;
    }

    private static int PageAlign(int length) => (length + 0xfff) & ~0xfff;

    private static void Put16(Span<byte> bytes, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes[offset..], value);

    private static void Put32(Span<byte> bytes, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[offset..], value);
}
