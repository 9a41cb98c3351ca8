using System.Buffers.Binary;
using System.Text;

namespace Dominion.Guests.Initrd;

/// <summary>A kernel module's file and what its <c>.modinfo</c> section says.</summary>
/// <param name="Name">The module's name, with underscores.</param>
/// <param name="Path">The file, relative to the modules' folder.</param>
/// <param name="Content">The file's bytes.</param>
/// <param name="Dependencies">Names of the modules that must be there before.</param>
/// <param name="Aliases">Patterns by which the kernel asks for the module.</param>
internal sealed record KernelModule(string Name, string Path, byte[] Content, IReadOnlyList<string> Dependencies, IReadOnlyList<string> Aliases)
{
    /// <summary>Reads a module.</summary>
    /// <param name="root">The modules' folder.</param>
    /// <param name="path">The file, relative to it.</param>
    /// <returns>The module.</returns>
    /// <exception cref="InvalidDataException">The file is no module.</exception>
    public static KernelModule Read(string root, string path)
    {
        byte[] content = File.ReadAllBytes(System.IO.Path.Combine(root, path));
        string[] entries = Encoding.UTF8.GetString(FindModinfo(content, path)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        string[] dependencies = [.. Values(entries, "depends").SelectMany(v => v.Split(',', StringSplitOptions.RemoveEmptyEntries)).Select(Normalize)];
        return new KernelModule(NameOf(path), path, content, dependencies, [.. Values(entries, "alias")]);
    }

    /// <summary>The name of the module in a file.</summary>
    public static string NameOf(string path) => Normalize(System.IO.Path.GetFileNameWithoutExtension(path));

    /// <summary>A module's name as the kernel compares it: a dash is an underscore.</summary>
    public static string Normalize(string name) => name.Replace('-', '_');

    private static IEnumerable<string> Values(string[] entries, string key) =>
        entries.Where(e => e.StartsWith(key + "=", StringComparison.Ordinal)).Select(e => e[(key.Length + 1)..]);

    /// <summary>Finds the section by name in an ELF32 or ELF64 relocatable file (System V ABI, "Section Header").</summary>
    private static ReadOnlySpan<byte> FindModinfo(ReadOnlySpan<byte> file, string path)
    {
        try
        {
            if (file.Length < 52 || !file.StartsWith("\u007fELF"u8) || file[4] is not (1 or 2) || file[5] != 1)
                throw new InvalidDataException($"{path} is not a little-endian ELF file");
            bool wide = file[4] == 2;
            int table = wide ? checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file[40..])) : BinaryPrimitives.ReadInt32LittleEndian(file[32..]);
            ReadOnlySpan<byte> counts = file[(wide ? 58 : 46)..];
            int size = BinaryPrimitives.ReadUInt16LittleEndian(counts);
            int count = BinaryPrimitives.ReadUInt16LittleEndian(counts[2..]);
            ReadOnlySpan<byte> names = Section(file, file[(table + (BinaryPrimitives.ReadUInt16LittleEndian(counts[4..]) * size))..], wide);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> header = file[(table + (i * size))..];
                if (names[BinaryPrimitives.ReadInt32LittleEndian(header)..].StartsWith(".modinfo\0"u8))
                    return Section(file, header, wide);
            }
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException($"{path} is damaged", e);
        }

        throw new InvalidDataException($"{path} is not a kernel module");
    }

    private static ReadOnlySpan<byte> Section(ReadOnlySpan<byte> file, ReadOnlySpan<byte> header, bool wide) => wide
        ? file.Slice(checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header[24..])), checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header[32..])))
        : file.Slice(BinaryPrimitives.ReadInt32LittleEndian(header[16..]), BinaryPrimitives.ReadInt32LittleEndian(header[20..]));
}
