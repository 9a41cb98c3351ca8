using System.Runtime.InteropServices;

namespace Dominion.Cpu.X86.Platform;

/// <summary>Maps machine code for the host. Pages are written first and made executable then, never both.</summary>
internal static unsafe partial class ExecutableCode
{
    private const int ReadWrite = 1 | 2;
    private const int ReadExecute = 1 | 4;
    private const int Private = 0x02;
    private const int AnonymousLinux = 0x20;
    private const int AnonymousMac = 0x1000;
    private const uint CommitReserve = 0x3000;
    private const uint PageReadWrite = 0x04;
    private const uint PageExecuteRead = 0x20;

    /// <summary>Maps code for as long as the process lives.</summary>
    /// <returns>Its address, or 0 where the host refuses executable memory.</returns>
    public static nint Map(ReadOnlySpan<byte> code)
    {
        nuint length = (nuint)Environment.SystemPageSize;
        if (OperatingSystem.IsWindows())
        {
            nint memory = VirtualAlloc(0, length, CommitReserve, PageReadWrite);
            if (memory == 0)
                return 0;
            code.CopyTo(new Span<byte>((void*)memory, code.Length));
            return VirtualProtect(memory, length, PageExecuteRead, out _) ? memory : 0;
        }

        int anonymous = OperatingSystem.IsMacOS() ? AnonymousMac : AnonymousLinux;
        nint mapped = Map(0, length, ReadWrite, Private | anonymous, -1, 0);
        if (mapped == -1)
            return 0;
        code.CopyTo(new Span<byte>((void*)mapped, code.Length));
        return Protect(mapped, length, ReadExecute) == 0 ? mapped : 0;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("kernel32")]
    private static partial nint VirtualAlloc(nint address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualProtect(nint address, nuint size, uint protection, out uint old);
}
