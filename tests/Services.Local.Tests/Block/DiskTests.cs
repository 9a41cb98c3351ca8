using Dominion.Diagnostics;
using Dominion.Plugins;
using Dominion.Services.Local.Block;

namespace Dominion.Services.Local.Tests.Block;

public sealed class DiskTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestServiceContext _context = new();
    private readonly List<IDisposable> _open = [];

    public void Dispose()
    {
        _open.ForEach(disk => disk.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public void A_disk_is_its_image()
    {
        FilePath path = _folder.Make("disk", 4096, 0x11);
        IBlockStore disk = Open(new DiskOptions { Path = path });
        Assert.Equal((512, 4096UL, false), (disk.SectorSize, disk.Length, disk.IsReadOnly));
        Assert.Equal(BlockStatus.Ok, disk.Write(512, Sectors(2, 0x22)));
        Assert.Equal(BlockStatus.Ok, disk.Flush());
        byte[] read = new byte[4096];
        Assert.Equal(BlockStatus.Ok, disk.Read(0, read));
        Assert.Equal([.. Sectors(1, 0x11), .. Sectors(2, 0x22), .. Sectors(5, 0x11)], read);
        CloseAll();
        Assert.Equal(read, File.ReadAllBytes(path.Value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Only_whole_sectors_inside_are_read_and_written(bool overlay)
    {
        IBlockStore disk = Open(new DiskOptions { Path = _folder.Make("disk", 4096), Overlay = overlay });
        foreach ((ulong offset, int length) in ((ulong, int)[])[(4096, 512), (3584, 1024), (1, 512), (0, 100), (ulong.MaxValue - 511, 512), (ulong.MaxValue - 511, 1024)])
        {
            Assert.Equal(BlockStatus.OutOfRange, disk.Read(offset, new byte[length]));
            Assert.Equal(BlockStatus.OutOfRange, disk.Write(offset, new byte[length]));
            Assert.Equal(BlockStatus.OutOfRange, disk.Discard(offset, (ulong)length));
        }

        Assert.Equal(BlockStatus.Ok, disk.Read(4096, []));
    }

    [Fact]
    public void A_read_only_disk_refuses_writes_and_may_be_shared()
    {
        FilePath path = _folder.Make("disk", 4096, 0x11);
        IBlockStore disk = Open(new DiskOptions { Path = path, ReadOnly = true });
        IBlockStore other = Open(new DiskOptions { Path = path, ReadOnly = true });
        Assert.True(disk.IsReadOnly);
        Assert.Equal(BlockStatus.ReadOnly, disk.Write(0, Sectors(1, 1)));
        Assert.Equal(BlockStatus.ReadOnly, disk.Discard(0, 512));
        Assert.Equal(BlockStatus.Ok, disk.Flush());
        Assert.Equal(BlockStatus.Ok, other.Read(0, new byte[512]));
    }

    [Fact]
    public void An_overlay_takes_the_writes_and_leaves_the_image_alone()
    {
        FilePath path = _folder.Make("disk", 1 << 16, 0x11);
        DiskOptions options = new() { Path = path, Overlay = true };
        IBlockStore disk = Open(options);
        IBlockStore other = Open(options);
        Assert.True(OperatingSystem.IsWindows() || Directory.GetFiles(Path.GetTempPath(), "dominion-overlay-*").Length == 0);
        Assert.False(disk.IsReadOnly);
        Assert.Equal(BlockStatus.Ok, disk.Write(1024, Sectors(3, 0x22)));
        Assert.Equal(BlockStatus.Ok, disk.Write(8192, Sectors(1, 0x33)));
        Assert.Equal(BlockStatus.Ok, disk.Flush());
        byte[] read = new byte[10240];
        Assert.Equal(BlockStatus.Ok, disk.Read(0, read));
        Assert.Equal([.. Sectors(2, 0x11), .. Sectors(3, 0x22), .. Sectors(11, 0x11), .. Sectors(1, 0x33), .. Sectors(3, 0x11)], read);
        Assert.Equal(BlockStatus.Ok, other.Read(0, read));
        Assert.Equal(-1, read.AsSpan().IndexOfAnyExcept((byte)0x11));
        CloseAll();
        Assert.Equal(-1, File.ReadAllBytes(path.Value).AsSpan().IndexOfAnyExcept((byte)0x11));
    }

    [Fact]
    public void What_is_discarded_reads_as_zeros_or_as_it_was()
    {
        foreach (bool overlay in (bool[])[false, true])
        {
            IBlockStore disk = Open(new DiskOptions { Path = _folder.Make($"disk-{overlay}", 1 << 16, 0x11), Overlay = overlay });
            Assert.Equal(BlockStatus.Ok, disk.Write(4096, Sectors(8, 0x22)));
            Assert.Equal(BlockStatus.Ok, disk.Discard(4096, 4096));
            byte[] read = new byte[12288];
            Assert.Equal(BlockStatus.Ok, disk.Read(0, read));
            Assert.Equal(-1, read.AsSpan(0, 4096).IndexOfAnyExcept((byte)0x11));
            Assert.Equal(-1, read.AsSpan(4096, 4096).IndexOfAnyExcept(read[4096]));
            Assert.Contains(read[4096], (byte[])[0, 0x22]);
            Assert.Equal(-1, read.AsSpan(8192, 4096).IndexOfAnyExcept((byte)0x11));
        }
    }

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public void A_kept_overlay_is_found_again(int sectorSize)
    {
        FilePath path = _folder.Make("disk", 1 << 20, 0x11);
        DiskOptions options = new() { Path = path, OverlayFile = _folder["overlay"], SectorSize = sectorSize };
        byte[] data = new byte[sectorSize * 5];
        data.AsSpan().Fill(0x22);
        Assert.Equal(BlockStatus.Ok, Open(options).Write((ulong)sectorSize * 3, data));
        CloseAll();
        byte[] read = new byte[sectorSize * 9];
        Assert.Equal(BlockStatus.Ok, Open(options).Read(0, read));
        Assert.Equal(0x11, read[(sectorSize * 3) - 1]);
        Assert.Equal(data, read.AsSpan(sectorSize * 3, data.Length).ToArray());
        Assert.Equal(0x11, read[sectorSize * 8]);
    }

    [Fact]
    public void A_kept_overlay_that_is_not_this_disks_is_refused()
    {
        FilePath path = _folder.Make("disk", 1 << 16);
        Refused("DOM3306", new DiskOptions { Path = path, OverlayFile = _folder.Make("odd", 100, 1) });
        Refused("DOM3306", new DiskOptions { Path = path, OverlayFile = _folder.Make("noise", 1 << 16, 1) });
        Open(new DiskOptions { Path = path, OverlayFile = _folder["overlay"] });
        CloseAll();
        Refused("DOM3306", new DiskOptions { Path = path, OverlayFile = _folder["overlay"], SectorSize = 4096 });
        Refused("DOM3306", new DiskOptions { Path = _folder.Make("larger", 1 << 17), OverlayFile = _folder["overlay"] });
        using (FileStream stream = File.OpenWrite(_folder["overlay"].Value))
            stream.SetLength(8192);
        Refused("DOM3306", new DiskOptions { Path = path, OverlayFile = _folder["overlay"] });
        Open(new DiskOptions { Path = path });
    }

    [Fact]
    public void Files_that_are_no_disks_are_refused()
    {
        Refused("DOM3301", new DiskOptions { Path = _folder["missing"] });
        Refused("DOM3301", new DiskOptions { Path = _folder["missing/disk"] });
        Refused("DOM3302", new DiskOptions { Path = new FilePath(Path.GetTempPath()) });
        Refused("DOM3304", new DiskOptions { Path = _folder.Make("empty", 0) });
        Refused("DOM3304", new DiskOptions { Path = _folder.Make("odd", 1000) });
        Refused("DOM3304", new DiskOptions { Path = _folder.Make("small", 512), SectorSize = 4096 });
    }

    [Fact]
    public void Options_that_do_not_go_together_are_refused()
    {
        FilePath path = _folder.Make("disk", 4096);
        Refused("DOM3307", new DiskOptions { Path = path, SectorSize = 1024 });
        Refused("DOM3307", new DiskOptions { Path = path, ReadOnly = true, Overlay = true });
        Refused("DOM3307", new DiskOptions { Path = path, OverlayFile = path });
        Refused("DOM3307", new DiskOptions { Path = _folder["new"], Create = true });
        Refused("DOM3307", new DiskOptions { Path = _folder["new"], Create = true, Size = new ByteSize(1000) });
        Refused("DOM3307", new DiskOptions { Path = _folder["new"], Create = true, Size = new ByteSize(0) });
        Assert.False(File.Exists(_folder["new"].Value));
    }

    [Fact]
    public void An_image_may_be_made_and_is_left_alone_when_it_is_there()
    {
        DiskOptions options = new() { Path = _folder["new"], Create = true, Size = ByteSize.FromMebibytes(1024) };
        IBlockStore disk = Open(options);
        Assert.Equal(1UL << 30, disk.Length);
        Assert.Equal(BlockStatus.Ok, disk.Write((1UL << 30) - 512, Sectors(1, 0x22)));
        CloseAll();
        byte[] read = new byte[512];
        Assert.Equal(BlockStatus.Ok, Open(options).Read((1UL << 30) - 512, read));
        Assert.Equal(Sectors(1, 0x22), read);
    }

    [Fact]
    public void A_writable_image_belongs_to_one_disk()
    {
        FilePath path = _folder.Make("disk", 4096);
        Open(new DiskOptions { Path = path });
        Refused("DOM3305", new DiskOptions { Path = path });
        Refused("DOM3305", new DiskOptions { Path = path, ReadOnly = true });
        Refused("DOM3305", new DiskOptions { Path = path, Overlay = true });
        CloseAll();
        Open(new DiskOptions { Path = path, Overlay = true });
        Refused("DOM3305", new DiskOptions { Path = path });
    }

    [Fact]
    public void A_file_that_may_not_be_written_is_refused_unless_only_read()
    {
        FilePath path = _folder.Make("disk", 4096);
        File.SetAttributes(path.Value, FileAttributes.ReadOnly);
        if (Environment.IsPrivilegedProcess)
        {
            // Permissions do not bind this user: the disk opens, and nothing is to be refused.
            Open(new DiskOptions { Path = path });
            return;
        }

        Refused("DOM3303", new DiskOptions { Path = path });
        Open(new DiskOptions { Path = path, ReadOnly = true });
        Open(new DiskOptions { Path = path, Overlay = true });
    }

    [Fact]
    public void A_file_that_became_shorter_fails_and_is_logged()
    {
        using ImageFile file = ImageFile.Open(_folder.Make("other", 4096).Value, FileMode.Open, write: true, _context);
        file.SetLength(1024);
        Assert.Equal(BlockStatus.Failed, file.Read(1024, new byte[512]));
        Assert.Contains("shorter", Assert.Single(_context.Lines), StringComparison.Ordinal);
    }

    private static byte[] Sectors(int count, byte fill)
    {
        byte[] bytes = new byte[count * 512];
        bytes.AsSpan().Fill(fill);
        return bytes;
    }

    private IBlockStore Open(DiskOptions options)
    {
        object disk = new DiskFactory().Create(_context, options);
        _open.Add((IDisposable)disk);
        return (IBlockStore)disk;
    }

    private void CloseAll()
    {
        _open.ForEach(disk => disk.Dispose());
        _open.Clear();
    }

    private void Refused(string id, DiskOptions options)
    {
        Diagnostic diagnostic = Assert.Throws<DiagnosticException>(() => Open(options)).Diagnostic;
        Assert.Equal(id, diagnostic.Id);
        Assert.NotNull(diagnostic.Suggestion);
    }
}
