using System.Text;

namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>Reads Xen's ELF notes (System V ABI, "Note Section"; xen/include/public/elfnote.h).</summary>
/// <remarks>Names and descriptions are padded to four bytes in ELF64 also. The last note may be cut by the end of its segment or of the file: what is there of it counts.</remarks>
internal sealed class XenNoteReader
{
    private const int HeaderSize = 12;

    /// <summary>So many notes are looked at; headers that share bytes could make it billions.</summary>
    private const int MostNotes = 65536;

    private readonly string _name;
    private readonly ElfFile _elf;
    private int _seen;
    private bool _found;
    private XenNotes _notes = new();

    private XenNoteReader(string name, ElfFile elf)
    {
        _name = name;
        _elf = elf;
    }

    /// <summary>Reads the notes.</summary>
    /// <param name="name">The kernel's name, for diagnostics.</param>
    /// <param name="elf">The image.</param>
    /// <returns>The notes of its note segments, or else of its note sections, or null when no note is Xen's.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">A note is malformed.</exception>
    public static XenNotes? Read(string name, ElfFile elf)
    {
        XenNoteReader reader = new(name, elf);

        // Some linkers leave the offset of note segments unset.
        foreach (ElfProgramHeader header in elf.ProgramHeaders.Where(h => h.Type == ElfProgramHeader.Note && h.Offset != 0))
            reader.ReadAll(header.Offset, header.FileSize);
        if (!reader._found)
        {
            foreach (ElfSectionHeader header in elf.SectionHeaders.Where(h => h.Type == ElfSectionHeader.Note))
                reader.ReadAll(header.Offset, header.Size);
        }

        return reader._found ? reader._notes : null;
    }

    private void ReadAll(ulong offset, ulong size)
    {
        ReadOnlyMemory<byte> notes = _elf.Available(offset, size);
        while (notes.Length >= HeaderSize)
        {
            if (++_seen > MostNotes)
                throw ImageDiagnostics.Malformed(_name, $"it has more than {MostNotes} ELF notes");
            ulong nameSize = notes.U32(0);
            ulong size32 = notes.U32(4);
            uint type = notes.U32(8);
            ulong start = HeaderSize + Padded(nameSize);
            ReadOnlyMemory<byte> description = Part(notes, start, size32);
            if (Part(notes, HeaderSize, nameSize).Span.SequenceEqual("Xen\0"u8))
            {
                _found = true;
                Add(type, description, description.Length == (int)Math.Min(size32, int.MaxValue));
            }

            notes = Part(notes, start + Padded(size32), ulong.MaxValue);
        }
    }

    private void Add(uint type, ReadOnlyMemory<byte> description, bool isWhole)
    {
        ulong Number() => NumberOf(type, description, isWhole);
        string Text() => TextOf(description.Span);
        _notes = type switch
        {
            1 => _notes with { Entry = Number() },
            2 => _notes with { HypercallPage = Number() },
            3 => _notes with { VirtualBase = Number() },
            4 => _notes with { PhysicalOffset = Number() },
            5 => _notes with { XenVersion = Text() },
            6 => _notes with { GuestOs = Text() },
            7 => _notes with { GuestVersion = Text() },
            8 => _notes with { Loader = Text() },
            9 => _notes with { PaeMode = PaeModeOf(Text()) },
            10 => _notes with { Features = XenFeatureList.Parse(Text()) },
            11 => _notes with { BsdSymbolTable = Text() == "yes" },
            12 => _notes with { VmmStartLow = Number() },
            13 => _notes with { L1MfnValid = PairsOf(description) },
            14 => _notes with { SuspendCancel = Number() != 0 },
            15 => _notes with { InitialP2M = Number() },
            16 => _notes with { ModuleStartPfn = Number() != 0 },
            17 => _notes with { SupportedFeatures = (XenFeatures)(uint)Number() },
            18 => _notes with { Physical32Entry = (uint)Number() },
            _ => _notes,
        };
    }

    private ulong NumberOf(uint type, ReadOnlyMemory<byte> description, bool isWhole)
    {
        if (isWhole && description.Length is not (1 or 2 or 4 or 8))
            throw ImageDiagnostics.Malformed(_name, $"Xen's ELF note {type} is a number of {description.Length} bytes");
        Span<byte> number = stackalloc byte[8];
        description.Span[..Math.Min(8, description.Length)].CopyTo(number);
        return BitConverter.ToUInt64(number);
    }

    private static string TextOf(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>"yes" stands for the extended CR3 in a note; "yes,bimodal" also, and of a note cut after "yes," no more than three levels are known.</summary>
    private static PaeMode PaeModeOf(string text) =>
        text == "yes" || text.Contains("bimodal", StringComparison.Ordinal) ? PaeMode.ExtendedCr3 :
        text.StartsWith("yes", StringComparison.Ordinal) ? PaeMode.Yes :
        PaeMode.None;

    private static List<(ulong Mask, ulong Value)> PairsOf(ReadOnlyMemory<byte> description)
    {
        List<(ulong Mask, ulong Value)> pairs = [];
        for (; description.Length >= 16; description = description[16..])
            pairs.Add((description.U64(0), description.U64(8)));
        return pairs;
    }

    private static ulong Padded(ulong size) => (size + 3) & ~3ul;

    private static ReadOnlyMemory<byte> Part(ReadOnlyMemory<byte> bytes, ulong offset, ulong size)
    {
        ulong start = Math.Min(offset, (ulong)bytes.Length);
        return bytes.Slice((int)start, (int)Math.Min(size, (ulong)bytes.Length - start));
    }
}
