using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Dominion.Diagnostics;
using Dominion.Persistence;

namespace Dominion.Host.Machine.Saving;

/// <summary>Writes the file of a saved machine beside its place and puts it there when it is whole; until then there is what was there before.</summary>
internal sealed class MachineFileWriter : IDisposable
{
    private const int BufferLength = 64 << 10;
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _file;
    private readonly HashingStream _hashing;
    private bool _isWhole;

    private MachineFileWriter(string path, string temporary, FileStream file)
    {
        _path = path;
        _temporary = temporary;
        _file = file;
        _hashing = new HashingStream(file);
        file.Write(new byte[MachineFileFormat.HeaderLength]);
    }

    /// <summary>Begins a file. It is its owner's alone: a machine's memory holds its secrets.</summary>
    /// <param name="path">Its place.</param>
    /// <returns>The writer.</returns>
    /// <exception cref="DiagnosticException">The host refuses.</exception>
    internal static MachineFileWriter Create(string path) => Guard(path, () =>
    {
        string place = Path.GetFullPath(path);
        if (Directory.Exists(place))
            throw new IOException("it is a folder");
        string temporary = Path.Combine(Path.GetDirectoryName(place)!, $".{Path.GetFileName(place)}.{Guid.NewGuid():n}");
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 1 << 20 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new MachineFileWriter(place, temporary, new FileStream(temporary, options));
    });

    /// <summary>Writes a section.</summary>
    /// <param name="tag">Its tag.</param>
    /// <param name="write">Writes its content.</param>
    /// <exception cref="DiagnosticException">The host refuses.</exception>
    internal void WriteSection(string tag, Action<Stream> write) => Guard(_path, () =>
    {
        byte[] head = new byte[MachineFileFormat.TagLength + sizeof(int)];
        Encoding.ASCII.GetBytes(tag, head);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(MachineFileFormat.TagLength), MachineFileFormat.SectionVersion);
        _hashing.Write(head);
        using BlockWriterStream blocks = new(_hashing);
        using DeflateStream deflated = new(blocks, CompressionLevel.Fastest);
        using BufferedStream buffered = new(deflated, BufferLength);
        write(buffered);
        return true;
    });

    /// <summary>Writes a section of state.</summary>
    /// <param name="tag">Its tag.</param>
    /// <param name="write">Writes the state.</param>
    internal void WriteState(string tag, Action<StateWriter> write) => WriteSection(tag, stream => write(new StateWriter(stream)));

    /// <summary>Ends the file and puts it in its place.</summary>
    /// <exception cref="DiagnosticException">The host refuses.</exception>
    internal void Finish()
    {
        WriteSection(MachineFileFormat.End, _ => { });
        Guard(_path, () =>
        {
            byte[] header = new byte[MachineFileFormat.HeaderLength];
            MachineFileFormat.Magic.CopyTo(header);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(MachineFileFormat.VersionOffset), MachineFileFormat.Version);
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(MachineFileFormat.LengthOffset), _file.Position);
            _hashing.Finish().CopyTo(header, MachineFileFormat.HashOffset);
            _file.Position = 0;
            _file.Write(header);
            _file.Flush(flushToDisk: true);
            _file.Dispose();
            File.Move(_temporary, _path, overwrite: true);
            _isWhole = true;
            return true;
        });
    }

    /// <summary>Takes away what is not whole.</summary>
    public void Dispose()
    {
        _hashing.Dispose();
        if (_isWhole)
            return;
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // The disk is full: what could not be written is thrown away anyhow.
        }
        File.Delete(_temporary);
    }

    private static T Guard<T>(string path, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw SavingDiagnostics.CannotWrite(path, refused);
        }
    }
}
