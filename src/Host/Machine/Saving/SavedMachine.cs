using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dominion.Diagnostics;
using Dominion.Host.Composition;
using Dominion.Host.Manifest;
using Dominion.Host.Plugins;
using Dominion.Persistence;

namespace Dominion.Host.Machine.Saving;

/// <summary>The file of a saved machine, open and found whole. Its sections are read once, in order.</summary>
public sealed class SavedMachine : IDisposable
{
    private const int BufferLength = 64 << 10;
    private readonly FileStream _file;

    private SavedMachine(string path, FileStream file)
    {
        Path = path;
        _file = file;
        Check();
        Info = ReadInfo();
    }

    /// <summary>The file, as it was named.</summary>
    public string Path { get; }

    /// <summary>What the machine says of itself.</summary>
    public SavedMachineInfo Info { get; }

    /// <summary>Opens a file and checks all of it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The saved machine.</returns>
    /// <exception cref="DiagnosticException">It is not there, no saved machine, of a newer format, truncated or damaged.</exception>
    public static SavedMachine Open(string path)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
            return new SavedMachine(path, file);
        }
        catch (Exception refused)
        {
            file?.Dispose();
            throw refused switch
            {
                FileNotFoundException or DirectoryNotFoundException => SavingDiagnostics.NotFound(path),
                IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException => SavingDiagnostics.Unreadable(path, refused),
                InvalidDataException => SavingDiagnostics.Damaged(path, refused.Message),
                _ => refused,
            };
        }
    }

    /// <summary>Composes the saved machine's manifest again.</summary>
    /// <param name="catalog">The plugins, to which the folders add that the machine was composed with. Dispose it after the machine.</param>
    /// <returns>The plan, and all that is to be said.</returns>
    public CompositionResult Compose(PluginCatalog catalog)
    {
        catalog = catalog.Extend(Info.PluginRoots.Select(root => new PluginRoot(root, Optional: true)));
        List<Diagnostic> found = [];
        foreach (SavedPlugin plugin in Info.Plugins)
        {
            PluginDescriptor? present = catalog.Plugins.FirstOrDefault(candidate => candidate.Id == plugin.Id);
            if (present is null)
                found.Add(SavingDiagnostics.MissingPlugin(Path, plugin));
            else if (present.Version != plugin.Version)
                found.Add(SavingDiagnostics.OtherPlugin(Path, plugin, present.Version));
        }
        if (found.Exists(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
            return new CompositionResult(null, found);

        ManifestDocument? read = ManifestReader.Parse(Encoding.UTF8.GetBytes(Info.Manifest), Path, [], out IReadOnlyList<Diagnostic> problems);
        if (read is null)
            return new CompositionResult(null, [.. found, .. problems]);
        CompositionResult composed = Composer.Compose(read with { Folder = Info.Folder }, catalog);
        MachinePlan? plan = composed.Plan;
        if (plan?.Source is { } source)
            plan = plan with { Source = source with { Name = Info.Name, IsNamed = Info.IsNamed, PluginRoots = Info.PluginRoots } };
        return new CompositionResult(plan, [.. found, .. composed.Diagnostics]);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Reads the section that must come next, all of it.</summary>
    /// <param name="tag">Its tag.</param>
    /// <param name="read">Reads the state.</param>
    /// <exception cref="InvalidDataException">It does not fit.</exception>
    internal void ReadState(string tag, Action<StateReader> read) => ReadSection(tag, stream =>
    {
        read(new StateReader(stream));
        if (stream.ReadByte() >= 0)
            throw new InvalidDataException("there is more state than was read");
    });

    private void ReadSection(string tag, Action<Stream> read)
    {
        byte[] head = new byte[MachineFileFormat.TagLength + sizeof(int)];
        if (_file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) != head.Length)
            throw new InvalidDataException($"there is no section '{tag}'");
        string found = Encoding.ASCII.GetString(head, 0, MachineFileFormat.TagLength);
        int version = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(MachineFileFormat.TagLength));
        if (found != tag)
            throw new InvalidDataException($"section '{tag}' expected, found '{found}'");
        if (version != MachineFileFormat.SectionVersion)
            throw new InvalidDataException($"section '{tag}' has version {version}; this build reads {MachineFileFormat.SectionVersion}");
        using BlockReaderStream blocks = new(_file);
        using DeflateStream inflated = new(blocks, CompressionMode.Decompress);
        using BufferedStream buffered = new(inflated, BufferLength);
        read(buffered);
        blocks.Skip();
    }

    private void Check()
    {
        byte[] header = new byte[MachineFileFormat.HeaderLength];
        int count = _file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (!header.AsSpan(0, count).StartsWith(MachineFileFormat.Magic))
            throw SavingDiagnostics.Foreign(Path);
        if (count != header.Length)
            throw SavingDiagnostics.Truncated(Path, MachineFileFormat.HeaderLength, (ulong)count);
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(MachineFileFormat.VersionOffset));
        if (version > MachineFileFormat.Version)
            throw SavingDiagnostics.Newer(Path, version);
        if (version == 0 || BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(MachineFileFormat.ReservedOffset)) != 0)
            throw SavingDiagnostics.Damaged(Path, "its header is not one that was written");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(MachineFileFormat.LengthOffset));
        if ((ulong)_file.Length < length)
            throw SavingDiagnostics.Truncated(Path, length, (ulong)_file.Length);
        if ((ulong)_file.Length > length)
            throw SavingDiagnostics.Damaged(Path, $"it should have {length} bytes and has {_file.Length}");
        if (!Hash().AsSpan().SequenceEqual(header.AsSpan(MachineFileFormat.HashOffset)))
            throw SavingDiagnostics.Damaged(Path, "its checksum is another one");
        _file.Position = MachineFileFormat.HeaderLength;
    }

    private byte[] Hash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        int count;
        while ((count = _file.Read(buffer)) > 0)
            hash.AppendData(buffer, 0, count);
        ArrayPool<byte>.Shared.Return(buffer);
        return hash.GetHashAndReset();
    }

    private SavedMachineInfo ReadInfo()
    {
        SavedMachineInfo? info = null;
        try
        {
            ReadSection(MachineFileFormat.Info, stream => info = JsonSerializer.Deserialize(stream, SavedMachineJson.Default.SavedMachineInfo));
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException($"its description is malformed: {malformed.Message}");
        }
        return info ?? throw new InvalidDataException("it has no description");
    }
}
