using System.Runtime.InteropServices;

namespace Dominion.Cli.Platform;

/// <summary>The C library's calls on terminals. The settings (<c>struct termios</c>) are kept as bytes that only the C library looks into, since their layout differs between systems.</summary>
internal static unsafe partial class TerminalNative
{
    /// <summary>More than any system's <c>struct termios</c>.</summary>
    internal const int SettingsSize = 256;

    /// <summary><c>TCSADRAIN</c>: the settings change when all output is written; 1 on Linux, macOS and the BSDs.</summary>
    internal const int AfterOutput = 1;

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    internal static partial int GetSettings(int file, byte* settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    internal static partial int SetSettings(int file, int when, byte* settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    internal static partial void MakeRaw(byte* settings);
}
