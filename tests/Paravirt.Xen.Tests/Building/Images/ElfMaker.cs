using System.Buffers.Binary;
using System.Text;

namespace Dominion.Paravirt.Xen.Tests.Building.Images;

/// <summary>Makes ELF images for the tests, field by field from the System V ABI.</summary>
internal sealed class ElfMaker(bool is64Bit)
{
    private readonly List<(uint Type, ulong Physical, byte[] Data, ulong? FileSize, ulong MemorySize, uint Flags)> _segments = [];
    private readonly List<(string Name, uint Type, byte[] Data, uint Link)> _sections = [];
    private readonly List<byte> _notes = [];

    public ulong Entry { get; set; }

    public ushort? Machine { get; set; }

    public ushort Type { get; set; } = 2;

    public bool NotesInSection { get; set; }

    public ElfMaker Load(ulong physical, byte[] data, ulong? memorySize = null, ulong? fileSize = null, uint flags = 7)
    {
        _segments.Add((1, physical, data, fileSize, memorySize ?? (ulong)data.Length, flags));
        return this;
    }

    public ElfMaker Section(string name, uint type, byte[] data, uint link = 0)
    {
        _sections.Add((name, type, data, link));
        return this;
    }

    public ElfMaker Note(uint type, byte[] description, string name = "Xen\0")
    {
        byte[] header = new byte[12];
        Put32(header, 0, (uint)name.Length);
        Put32(header, 4, (uint)description.Length);
        Put32(header, 8, type);
        _notes.AddRange(header);
        _notes.AddRange(Padded(Encoding.ASCII.GetBytes(name)));
        _notes.AddRange(Padded(description));
        return this;
    }

    public ElfMaker Note(uint type, string text) => Note(type, Encoding.ASCII.GetBytes(text));

    public ElfMaker Note(uint type, ulong value, int size = 8) => Note(type, BitConverter.GetBytes(value)[..size]);

    /// <summary>The notes that every kernel has: version and loader, and for 32 bits PAE.</summary>
    public ElfMaker Basics()
    {
        Note(5, "xen-3.0\0").Note(8, "generic\0");
        return is64Bit ? this : Note(9, "yes\0");
    }

    /// <summary>Makes the file: headers, segments, the sections, their headers, and the notes last.</summary>
    public byte[] Build()
    {
        int programSize = is64Bit ? 56 : 32;
        int sectionSize = is64Bit ? 64 : 40;
        int headerSize = is64Bit ? 64 : 52;
        List<(uint Type, ulong Physical, byte[] Data, ulong? FileSize, ulong MemorySize, uint Flags)> segments = [.. _segments];
        List<(string Name, uint Type, byte[] Data, uint Link)> sections = [];
        if (_sections.Count != 0 || NotesInSection)
            sections = [("", 0, [], 0), .. _sections];
        if (_notes.Count != 0 && NotesInSection)
            sections.Add((".notes", 7, [.. _notes], 0));
        if (_notes.Count != 0 && !NotesInSection)
            segments.Add((4, 0, [.. _notes], null, 0, 4));
        if (sections.Count != 0)
            sections.Add((".shstrtab", 3, [], 0));
        string names = string.Concat(sections.Select(s => s.Name + "\0"));
        if (sections.Count != 0)
            sections[^1] = sections[^1] with { Data = Encoding.ASCII.GetBytes(names) };

        int programs = headerSize;
        int table = programs + (programSize * segments.Count);
        int at = table + (sectionSize * sections.Count);
        List<byte> file = [.. new byte[at]];
        byte[] headers = new byte[at];
        "\u007fELF"u8.CopyTo(headers);
        headers[4] = (byte)(is64Bit ? 2 : 1);
        headers[5] = headers[6] = 1;
        Put16(headers, 16, Type);
        Put16(headers, 18, Machine ?? (ushort)(is64Bit ? 62 : 3));
        Put32(headers, 20, 1);
        Word(headers, 24, 24, Entry);
        Word(headers, 28, 32, (ulong)programs);
        Word(headers, 32, 40, sections.Count == 0 ? 0 : (ulong)table);
        int counts = is64Bit ? 52 : 40;
        Put16(headers, counts, (ushort)headerSize);
        Put16(headers, counts + 2, (ushort)programSize);
        Put16(headers, counts + 4, (ushort)segments.Count);
        Put16(headers, counts + 6, (ushort)sectionSize);
        Put16(headers, counts + 8, (ushort)sections.Count);
        Put16(headers, counts + 10, (ushort)Math.Max(0, sections.Count - 1));

        int nameAt = 0;
        for (int i = 0; i < sections.Count; i++)
        {
            Span<byte> header = headers.AsSpan(table + (i * sectionSize));
            Put32(header, 0, (uint)nameAt);
            nameAt += sections[i].Name.Length + 1;
            Put32(header, 4, sections[i].Type);
            Word(header, 16, 24, (ulong)file.Count);
            Word(header, 20, 32, (ulong)sections[i].Data.Length);
            Put32(header, is64Bit ? 40 : 24, sections[i].Link);
            file.AddRange(Padded(sections[i].Data));
        }

        for (int i = 0; i < segments.Count; i++)
        {
            Span<byte> header = headers.AsSpan(programs + (i * programSize));
            Put32(header, 0, segments[i].Type);
            Put32(header, is64Bit ? 4 : 24, segments[i].Flags);
            Word(header, 4, 8, (ulong)file.Count);
            Word(header, 12, 24, segments[i].Physical);
            Word(header, 16, 32, segments[i].FileSize ?? (ulong)segments[i].Data.Length);
            Word(header, 20, 40, segments[i].MemorySize);
            file.AddRange(Padded(segments[i].Data));
        }

        byte[] result = [.. file];
        headers.CopyTo(result, 0);
        return result;
    }

    private static byte[] Padded(byte[] data) => [.. data, .. new byte[-data.Length & 3]];

    private static void Put16(Span<byte> bytes, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes[offset..], value);

    private static void Put32(Span<byte> bytes, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[offset..], value);

    private void Word(Span<byte> bytes, int offset32, int offset64, ulong value)
    {
        if (is64Bit)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[offset64..], value);
        else
            Put32(bytes, offset32, (uint)value);
    }
}
