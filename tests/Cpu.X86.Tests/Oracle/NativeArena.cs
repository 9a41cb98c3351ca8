using System.Runtime.InteropServices;

namespace Dominion.Cpu.X86.Tests.Oracle;

/// <summary>Two megabytes of memory for data and code below 2 GiB, aligned to their size: absolute 32-bit addresses reach all of it, so generated code can save every register without one to address by.</summary>
internal sealed unsafe partial class NativeArena : IDisposable
{
    public const int Size = 2 << 20;
    private const int ReadWriteExecute = 1 | 2 | 4;
    private const int PrivateAnonymousLow = 0x02 | 0x20 | 0x40;
    private readonly nint mapping;

    public NativeArena()
    {
        mapping = Map(0, 2 * Size, ReadWriteExecute, PrivateAnonymousLow, -1, 0);
        if (mapping == -1)
            throw new InvalidOperationException($"mmap failed: errno {Marshal.GetLastPInvokeError()}");
        Base = (byte*)((mapping + Size - 1) & -Size);
    }

    public byte* Base { get; }

    public void Dispose() => _ = Unmap(mapping, 2 * Size);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
