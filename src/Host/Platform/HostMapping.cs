using System.Runtime.InteropServices;

namespace Dominion.Host.Platform;

/// <summary>A zeroed run of host memory outside the managed heap, which costs nothing until it is touched (on Linux; elsewhere what the C library's calloc costs).</summary>
internal sealed unsafe class HostMapping : IDisposable
{
    private const nuint HugePage = 2 << 20;
    private readonly byte* _mapped;
    private readonly nuint _mappedLength;
    private bool _disposed;

    private HostMapping(byte* mapped, nuint mappedLength, byte* start, nuint length)
    {
        _mapped = mapped;
        _mappedLength = mappedLength;
        Base = start;
        Length = length;
    }

    /// <summary>The first byte; on a 2 MiB boundary on Linux.</summary>
    internal byte* Base { get; }

    /// <summary>How many bytes.</summary>
    internal nuint Length { get; }

    /// <summary>Maps memory.</summary>
    /// <param name="length">How many bytes, from 1.</param>
    /// <returns>The mapping, or null when the host refuses.</returns>
    internal static HostMapping? TryCreate(nuint length)
    {
        if (!OperatingSystem.IsLinux())
        {
            byte* allocated;
            try
            {
                allocated = (byte*)NativeMemory.AllocZeroed(length);
            }
            catch (OutOfMemoryException)
            {
                return null;
            }
            return new HostMapping(allocated, length, allocated, length);
        }

        nuint total = checked(length + HugePage);
        void* mapped = LinuxNative.Map(null, total, LinuxNative.ProtectionRead | LinuxNative.ProtectionWrite, LinuxNative.MapPrivate | LinuxNative.MapAnonymous | LinuxNative.MapNoReserve, -1, 0);
        if ((nint)mapped == -1)
            return null;
        byte* start = (byte*)(((nuint)mapped + HugePage - 1) & ~(HugePage - 1));
        // Only advice: a host without huge pages answers with an error and all goes on as before.
        _ = LinuxNative.Advise(start, length, LinuxNative.AdviseHugePage);
        return new HostMapping((byte*)mapped, total, start, length);
    }

    /// <summary>Makes bytes zero and gives their memory back to the host where it can.</summary>
    /// <param name="offset">The first byte, a multiple of 4096.</param>
    /// <param name="length">How many, a multiple of 4096.</param>
    internal void Discard(nuint offset, nuint length)
    {
        if (OperatingSystem.IsLinux() && LinuxNative.Advise(Base + offset, length, LinuxNative.AdviseDontNeed) == 0)
            return;
        NativeMemory.Clear(Base + offset, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (OperatingSystem.IsLinux())
            _ = LinuxNative.Unmap(_mapped, _mappedLength);
        else
            NativeMemory.Free(_mapped);
    }
}
