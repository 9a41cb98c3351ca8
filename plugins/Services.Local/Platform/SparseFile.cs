using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dominion.Services.Local.Platform;

/// <summary>Holes in files, which .NET has no call for.</summary>
internal static partial class SparseFile
{
    // linux/falloc.h: FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE.
    private const int KeepSizeAndPunchHole = 0x01 | 0x02;

    /// <summary>Turns a range of a file into a hole: it takes no space and reads as zeros.</summary>
    /// <param name="handle">The file, open for writing.</param>
    /// <param name="offset">The offset.</param>
    /// <param name="length">The length in bytes.</param>
    /// <returns>False when this host or its file system cannot; the file is as it was then.</returns>
    public static bool TryPunchHole(SafeFileHandle handle, long offset, long length) =>
        OperatingSystem.IsLinux() && Environment.Is64BitProcess && length > 0 && Allocate(handle, KeepSizeAndPunchHole, offset, length) == 0;

    [LibraryImport("libc", EntryPoint = "fallocate")]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);
}
