namespace Dominion.Oracle.X86.Platform;

/// <summary>The memory that instructions under test see, in the first two gigabytes of the process; see <see cref="ArenaLayout"/>. Around its pages nothing is mapped.</summary>
internal sealed unsafe class NativeArena : IDisposable
{
    private readonly nint mapping;

    public NativeArena()
    {
        mapping = LinuxNative.Map(0, 2 * ArenaLayout.Size, LinuxNative.None, LinuxNative.PrivateAnonymous | LinuxNative.Low, -1, 0);
        LinuxNative.Check(mapping != -1, "mmap");
        Base = (byte*)((mapping + ArenaLayout.Size - 1) & -ArenaLayout.Size);
        const int All = LinuxNative.Read | LinuxNative.Write | LinuxNative.Execute;
        Protect(ArenaLayout.Data, ArenaLayout.DataSize, All);
        Protect(ArenaLayout.ReadOnly, ArenaLayout.PageSize, All);
        Protect(ArenaLayout.Code, ArenaLayout.CodeSize, All);
        new Span<byte>(Base + ArenaLayout.Data, ArenaLayout.DataSize).Fill(1);
        new Span<byte>(Base + ArenaLayout.Code, ArenaLayout.CodeSize).Fill(ArenaLayout.Filler);
        ArenaLayout.FillReadOnly(new Span<byte>(Base + ArenaLayout.ReadOnly, ArenaLayout.PageSize));
        Protect(ArenaLayout.ReadOnly, ArenaLayout.PageSize, LinuxNative.Read);
        Release((nint)Base + ArenaLayout.DataEnd, ArenaLayout.ReadOnly - ArenaLayout.DataEnd);
        Release((nint)Base + ArenaLayout.ReadOnly + ArenaLayout.PageSize, ArenaLayout.Code - ArenaLayout.ReadOnly - ArenaLayout.PageSize);
        Release((nint)Base + ArenaLayout.CodeEnd, ArenaLayout.Size - ArenaLayout.CodeEnd);
    }

    public byte* Base { get; }

    public void Dispose() => _ = LinuxNative.Unmap(mapping, 2 * ArenaLayout.Size);

    private static void Release(nint start, int length) => LinuxNative.Check(LinuxNative.Unmap(start, (nuint)length) == 0, "munmap");

    private void Protect(int offset, int length, int protection) =>
        LinuxNative.Check(LinuxNative.Protect((nint)Base + offset, (nuint)length, protection) == 0, "mprotect");
}
