using System.Runtime.InteropServices;

namespace Dominion.Cpu.X86.Tests.Platform;

/// <summary>A page or more of generated host code.</summary>
internal sealed unsafe partial class ExecutableMemory : IDisposable
{
    private const int ReadWrite = 1 | 2;
    private const int ReadExecute = 1 | 4;
    private const int PrivateAnonymous = 0x02 | 0x20;
    private readonly nuint length;
    private nint address;

    public ExecutableMemory(ReadOnlySpan<byte> code)
    {
        length = (nuint)((code.Length + 4095) & ~4095);
        address = Map(0, length, ReadWrite, PrivateAnonymous, -1, 0);
        if (address == -1)
            throw new InvalidOperationException($"mmap failed: errno {Marshal.GetLastPInvokeError()}");
        code.CopyTo(new Span<byte>((void*)address, code.Length));
        if (Protect(address, length, ReadExecute) != 0)
            throw new InvalidOperationException($"mprotect failed: errno {Marshal.GetLastPInvokeError()}");
    }

    public nint Address => address;

    /// <summary>Whether generated code can run here: the oracles are x86-64 code, and mmap's constants are Linux's.</summary>
    public static bool IsHostCapable =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    public void Dispose()
    {
        if (address == 0)
            return;
        _ = Unmap(address, length);
        address = 0;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
