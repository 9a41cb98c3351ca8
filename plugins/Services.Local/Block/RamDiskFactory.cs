using Dominion.Plugins;

namespace Dominion.Services.Local.Block;

/// <summary>Makes disks that live in the host's memory.</summary>
[Service("ramdisk", Options = typeof(RamDiskOptions), Summary = "disk in memory, zeros at first, gone when the machine ends")]
public sealed class RamDiskFactory : IServiceFactory
{
    private const ulong MostBytes = 1UL << 40;

    /// <inheritdoc/>
    public Type Contract => typeof(IBlockStore);

    /// <inheritdoc/>
    public object Create(IServiceContext context, object? options)
    {
        RamDiskOptions disk = (RamDiskOptions)options!;
        if (disk.SectorSize is not (512 or 4096))
            throw DiskDiagnostics.BadOptions($"a sector size of {disk.SectorSize} is not possible", "512 or 4096");
        if (disk.Size.Bytes == 0 || disk.Size.Bytes > MostBytes || disk.Size.Bytes % (uint)disk.SectorSize != 0)
            throw DiskDiagnostics.BadOptions($"a RAM disk cannot have {disk.Size.Bytes} bytes", $"a multiple of {disk.SectorSize}, at most 1024GiB");
        return new RamDisk(disk.Size.Bytes, disk.SectorSize);
    }
}
