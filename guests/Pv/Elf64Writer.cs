using System.Buffers.Binary;

namespace Dominion.Guests.Pv;

/// <summary>Writes an ELF64 executable for x86-64 (System V ABI, "Object Files").</summary>
internal sealed class Elf64Writer
{
    /// <summary>PF_X.</summary>
    public const uint Execute = 1;

    /// <summary>PF_W.</summary>
    public const uint Write = 2;

    /// <summary>PF_R.</summary>
    public const uint Read = 4;

    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int PageSize = 0x1000;
    private const uint TypeLoad = 1;
    private const uint TypeNote = 4;
    private const ushort MachineX86 = 62;

    private readonly ulong _entry;
    private readonly List<(uint Type, ulong Virtual, ulong Physical, byte[] Data, ulong MemorySize, uint Flags)> _segments = [];

    /// <summary>Starts an image.</summary>
    /// <param name="entry">The first instruction's virtual address.</param>
    public Elf64Writer(ulong entry)
    {
        _entry = entry;
    }

    /// <summary>Adds a segment to load.</summary>
    /// <param name="virtualAddress">Its virtual address.</param>
    /// <param name="physicalAddress">Its pseudo-physical address.</param>
    /// <param name="data">Its bytes.</param>
    /// <param name="memorySize">Its length in memory in bytes.</param>
    /// <param name="flags">Read, Write, Execute.</param>
    public void Load(ulong virtualAddress, ulong physicalAddress, byte[] data, ulong memorySize, uint flags) =>
        _segments.Add((TypeLoad, virtualAddress, physicalAddress, data, memorySize, flags));

    /// <summary>Adds a segment of notes that is not loaded.</summary>
    /// <param name="data">Its bytes.</param>
    public void Note(byte[] data) => _segments.Add((TypeNote, 0, 0, data, 0, Read));

    /// <summary>Makes the file: headers, then each segment's bytes at a page of its own.</summary>
    /// <returns>The bytes.</returns>
    public byte[] ToArray()
    {
        byte[] file = new byte[PageSize + _segments.Sum(s => PageAlign(s.Data.Length))];
        Span<byte> header = file;
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(header);
        Put16(header, 16, 2);
        Put16(header, 18, MachineX86);
        Put32(header, 20, 1);
        Put64(header, 24, _entry);
        Put64(header, 32, HeaderSize);
        Put16(header, 52, HeaderSize);
        Put16(header, 54, ProgramHeaderSize);
        Put16(header, 56, (ushort)_segments.Count);

        int offset = PageSize;
        for (int i = 0; i < _segments.Count; i++)
        {
            (uint type, ulong virtualAddress, ulong physicalAddress, byte[] data, ulong memorySize, uint flags) = _segments[i];
            Span<byte> entry = header[(HeaderSize + (i * ProgramHeaderSize))..];
            Put32(entry, 0, type);
            Put32(entry, 4, flags);
            Put64(entry, 8, (ulong)offset);
            Put64(entry, 16, virtualAddress);
            Put64(entry, 24, physicalAddress);
            Put64(entry, 32, (ulong)data.Length);
            Put64(entry, 40, memorySize);
            Put64(entry, 48, type == TypeLoad ? PageSize : 4ul);
            data.CopyTo(file.AsSpan(offset));
            offset += PageAlign(data.Length);
        }

        return file;
    }

    private static int PageAlign(int length) => (length + PageSize - 1) & -PageSize;

    private static void Put16(Span<byte> bytes, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes[offset..], value);

    private static void Put32(Span<byte> bytes, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[offset..], value);

    private static void Put64(Span<byte> bytes, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes[offset..], value);
}
