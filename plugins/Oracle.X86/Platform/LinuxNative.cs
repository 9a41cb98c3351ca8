using System.Runtime.InteropServices;

namespace Dominion.Oracle.X86.Platform;

/// <summary>What of Linux on x86-64 the host's side of a check needs.</summary>
internal static unsafe partial class LinuxNative
{
    public const int None = 0;
    public const int Read = 1;
    public const int Write = 2;
    public const int Execute = 4;
    public const int PrivateAnonymous = 0x22;

    /// <summary>MAP_32BIT: in the first two gigabytes.</summary>
    public const int Low = 0x40;

    public const int SetGsCode = 0x1001;
    public const int SetFsCode = 0x1002;
    public const int GetFsCode = 0x1003;
    public const long ArchPrctl = 158;
    public const long ModifyLdt = 154;

    /// <summary>The signals that an instruction can raise: SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV.</summary>
    public static ReadOnlySpan<int> FaultSignals => [4, 5, 7, 8, 11];

    /// <summary>Whether checks can run here at all.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Map(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    public static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    public static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial long SystemCall(long number, long first, long second, long third);

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    public static partial int SignalAction(int signal, SignalActionRecord* action, SignalActionRecord* old);

    [LibraryImport("libc", EntryPoint = "sigaltstack", SetLastError = true)]
    public static partial int AlternateStack(AlternateStackRecord* stack, AlternateStackRecord* old);

    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    public static partial int SignalMask(int how, ulong* set, ulong* old);

    /// <summary>A call's failure as an exception.</summary>
    public static void Check(bool success, string call)
    {
        if (!success)
            throw new InvalidOperationException($"{call} failed: errno {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>glibc's <c>struct sigaction</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SignalActionRecord
    {
        public nint Handler;
        public fixed ulong Mask[16];
        public int Flags;
        public nint Restorer;
    }

    /// <summary><c>stack_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct AlternateStackRecord
    {
        public nint Start;
        public int Flags;
        public nuint Size;
    }
}
