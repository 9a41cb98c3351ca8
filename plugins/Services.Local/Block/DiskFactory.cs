using Dominion.Diagnostics;
using Dominion.Plugins;

namespace Dominion.Services.Local.Block;

/// <summary>Makes disks of raw images.</summary>
[Service("disk", Options = typeof(DiskOptions), Summary = "raw disk image, in place, read-only or with a copy-on-write overlay")]
public sealed class DiskFactory : IServiceFactory
{
    /// <inheritdoc/>
    public Type Contract => typeof(IBlockStore);

    /// <inheritdoc/>
    public object Create(IServiceContext context, object? options)
    {
        DiskOptions disk = (DiskOptions)options!;
        Check(disk);
        string path = disk.Path.Value;
        bool overlaid = disk.Overlay || disk.OverlayFile is not null;
        bool inPlace = !overlaid && !disk.ReadOnly;
        if (disk.Create && !context.IsRestored && !File.Exists(path))
            CreateImage(path, disk.Size!.Value.Bytes, context.Log);
        ImageFile file = ImageFile.Open(path, FileMode.Open, inPlace, context.Log);
        try
        {
            if (file.Length == 0 || file.Length % disk.SectorSize != 0)
                throw DiskDiagnostics.OddSize(path, file.Length, disk.SectorSize);
            ImageStore image = new(file, disk.SectorSize, !inPlace);
            if (!overlaid)
                return image;
            OverlayFile overlay = disk.OverlayFile is { } kept
                ? OverlayFile.OpenKept(kept.Value, context.IsRestored ? FileMode.Open : FileMode.OpenOrCreate, image.Length, disk.SectorSize, context.Log)
                : OverlayFile.CreateTemporary(image.Length, disk.SectorSize, context.Log);
            return new OverlayStore(image, overlay, disk.OverlayFile is not null);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void Check(DiskOptions disk)
    {
        if (disk.SectorSize is not (512 or 4096))
            throw DiskDiagnostics.BadOptions($"a sector size of {disk.SectorSize} is not possible", "512 or 4096");
        if (disk.ReadOnly && (disk.Overlay || disk.OverlayFile is not null))
            throw DiskDiagnostics.BadOptions("a disk is either read-only or has an overlay", "leave one of them out");
        if (disk.OverlayFile is { } overlay && overlay.Value == disk.Path.Value)
            throw DiskDiagnostics.BadOptions("the overlay file is the image itself", "give the overlay a file of its own");
        if (!disk.Create)
            return;
        if (disk.Size is not { } size)
            throw DiskDiagnostics.BadOptions("'create: true' needs to know how long the image is to be", "add 'size: 1GiB', say");
        if (size.Bytes == 0 || size.Bytes > long.MaxValue || size.Bytes % (uint)disk.SectorSize != 0)
            throw DiskDiagnostics.BadOptions($"a disk cannot have {size.Bytes} bytes", $"a multiple of {disk.SectorSize}");
    }

    // An image that could not be given its length is not left behind: the next run would take it for a whole one.
    private static void CreateImage(string path, ulong length, ILog log)
    {
        using ImageFile file = ImageFile.Open(path, FileMode.CreateNew, write: true, log);
        try
        {
            file.SetLength((long)length);
        }
        catch (DiagnosticException)
        {
            File.Delete(path);
            throw;
        }
    }
}
