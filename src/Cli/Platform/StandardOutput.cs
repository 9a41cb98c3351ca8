using System.Runtime.InteropServices;

namespace Dominion.Cli.Platform;

/// <summary>Standard output as bytes. Not Console.OpenStandardOutput, which takes bytes for a reader that is gone without a word.</summary>
internal static unsafe partial class StandardOutput
{
    private const int File = 1;
    private const short PollOut = 4;
    private const int Interrupted = 4;

    /// <summary>Writes all bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="IOException">The output takes no more.</exception>
    internal static void Write(ReadOnlySpan<byte> bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            using Stream stream = Console.OpenStandardOutput();
            stream.Write(bytes);
            return;
        }
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* start = bytes)
                written = WriteFile(File, start, (nuint)bytes.Length);
            if (written >= 0)
            {
                bytes = bytes[(int)written..];
                continue;
            }
            int error = Marshal.GetLastPInvokeError();
            // EAGAIN, when somebody made the file non-blocking: 11 on Linux, 35 on macOS and the BSDs.
            if (error is 11 or 35)
                WaitForRoom();
            else if (error != Interrupted)
                throw new IOException(Marshal.GetPInvokeErrorMessage(error));
        }
    }

    private static void WaitForRoom()
    {
        PollRequest request = new() { File = File, Events = PollOut };
        _ = Poll(&request, 1, -1);
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteFile(int file, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollRequest* requests, nuint count, int milliseconds);

    /// <summary>The C library's <c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        internal int File;
        internal short Events;
        internal short Returned;
    }
}
