using Dominion.Diagnostics;
using Dominion.Persistence;
using Microsoft.Win32.SafeHandles;

namespace Dominion.Services.Local.Block;

/// <summary>An open file of the host, locked against other machines, whose failures are values. Safe from any thread.</summary>
internal sealed class ImageFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly ILog _log;
    private readonly string _path;

    private ImageFile(string path, SafeFileHandle handle, ILog log)
    {
        _path = path;
        _handle = handle;
        _log = log;
        Length = RandomAccess.GetLength(handle);
    }

    /// <summary>The length in bytes when it was opened, or given by <see cref="SetLength"/>.</summary>
    public long Length { get; private set; }

    /// <summary>Writes what tells whether the file is still the same later: its length and when it was last written.</summary>
    /// <param name="writer">Where to.</param>
    public void SaveIdentity(StateWriter writer)
    {
        writer.BeginSection("file-identity", 1);
        writer.Write(Length);
        writer.Write(File.GetLastWriteTimeUtc(_handle).Ticks);
    }

    /// <summary>Compares the file with what <see cref="SaveIdentity"/> wrote.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="DiagnosticException">The file is another one.</exception>
    public void CheckIdentity(StateReader reader)
    {
        reader.BeginSection("file-identity", 1);
        long length = reader.ReadInt64();
        long written = reader.ReadInt64();
        if (length != Length)
            throw DiskDiagnostics.Changed(_path, $"it had {length} bytes and has {Length}");
        DateTime now = File.GetLastWriteTimeUtc(_handle);
        if (written != now.Ticks)
            throw DiskDiagnostics.Changed(_path, $"it was written at {now:u}");
    }

    /// <summary>Opens a file. A writable file is this process's alone; one that is only read may be shared with others that only read.</summary>
    /// <param name="path">The path.</param>
    /// <param name="mode">Whether it must be there.</param>
    /// <param name="write">Whether it is written too.</param>
    /// <param name="log">Takes the host's failures.</param>
    /// <param name="temporary">Whether the file is gone after its last use.</param>
    /// <returns>The file.</returns>
    /// <exception cref="DiagnosticException">It cannot be opened so.</exception>
    public static ImageFile Open(string path, FileMode mode, bool write, ILog log, bool temporary = false)
    {
        if (Directory.Exists(path))
            throw DiskDiagnostics.IsFolder(path);
        try
        {
            SafeFileHandle handle = File.OpenHandle(
                path,
                mode,
                write ? FileAccess.ReadWrite : FileAccess.Read,
                write ? FileShare.None : FileShare.Read,
                FileOptions.RandomAccess | (temporary && OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None));
            try
            {
                // Without its name the file goes with its last handle, even when the process is killed. Windows has an option for that instead.
                if (temporary && !OperatingSystem.IsWindows())
                    File.Delete(path);
                return new ImageFile(path, handle, log);
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw DiskDiagnostics.NotFound(path);
        }
        catch (UnauthorizedAccessException)
        {
            throw DiskDiagnostics.NotPermitted(path, write);
        }
        catch (IOException error) when (IsSharingViolation(error))
        {
            throw DiskDiagnostics.InUse(path);
        }
        catch (Exception error) when (error is IOException or NotSupportedException or ArgumentException)
        {
            throw DiskDiagnostics.HostError(path, error);
        }
    }

    /// <summary>Reads; fails when the file has become shorter.</summary>
    /// <param name="offset">The offset in the file.</param>
    /// <param name="destination">Takes the bytes.</param>
    /// <returns>How it ended.</returns>
    public BlockStatus Read(long offset, Span<byte> destination)
    {
        try
        {
            while (!destination.IsEmpty)
            {
                int count = RandomAccess.Read(_handle, destination, offset);
                if (count == 0)
                    return Fail("read", "the file has become shorter");
                destination = destination[count..];
                offset += count;
            }

            return BlockStatus.Ok;
        }
        catch (Exception error) when (IsHostFailure(error))
        {
            return Fail("read", error.Message);
        }
    }

    /// <summary>Writes.</summary>
    /// <param name="offset">The offset in the file.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>How it ended.</returns>
    public BlockStatus Write(long offset, ReadOnlySpan<byte> source)
    {
        try
        {
            RandomAccess.Write(_handle, source, offset);
            return BlockStatus.Ok;
        }
        catch (Exception error) when (IsHostFailure(error))
        {
            return Fail("write", error.Message);
        }
    }

    /// <summary>Makes every completed write durable.</summary>
    /// <returns>How it ended.</returns>
    public BlockStatus Flush()
    {
        try
        {
            RandomAccess.FlushToDisk(_handle);
            return BlockStatus.Ok;
        }
        catch (Exception error) when (IsHostFailure(error))
        {
            return Fail("flush", error.Message);
        }
    }

    /// <summary>Gives the host the space of a range back where it can; the bytes read as zeros then, and as they were otherwise.</summary>
    /// <param name="offset">The offset in the file.</param>
    /// <param name="length">The length in bytes.</param>
    /// <returns>How it ended.</returns>
    public BlockStatus Discard(long offset, long length)
    {
        Platform.SparseFile.TryPunchHole(_handle, offset, length);
        return BlockStatus.Ok;
    }

    /// <summary>Makes the file longer or shorter; new bytes are zeros and take no space where the host can do that.</summary>
    /// <param name="length">The new length.</param>
    /// <exception cref="DiagnosticException">The host cannot.</exception>
    public void SetLength(long length)
    {
        try
        {
            RandomAccess.SetLength(_handle, length);
            Length = length;
        }
        catch (Exception error) when (IsHostFailure(error) || error is ArgumentException)
        {
            throw DiskDiagnostics.HostError(_path, error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    // What .NET makes of a lock held elsewhere: EWOULDBLOCK of flock (11 on Linux, 35 on macOS and the BSDs), or Windows's ERROR_SHARING_VIOLATION.
    private static bool IsSharingViolation(IOException error) => OperatingSystem.IsWindows()
        ? error.HResult == unchecked((int)0x8007_0020)
        : error.HResult == (OperatingSystem.IsLinux() ? 11 : 35);

    private static bool IsHostFailure(Exception error) => error is IOException or UnauthorizedAccessException or NotSupportedException;

    private BlockStatus Fail(string operation, string reason)
    {
        _log.Write(LogSeverity.Error, $"cannot {operation} '{_path}': {reason}");
        return BlockStatus.Failed;
    }
}
