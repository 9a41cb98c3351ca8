using Dominion.Diagnostics;
using Dominion.Persistence;
using Dominion.Plugins;
using Dominion.Services.Local.Block;

namespace Dominion.Services.Local.Tests.Block;

public class RamDiskTests
{
    [Fact]
    public void It_is_zeros_until_written()
    {
        IBlockStore disk = Make(ByteSize.FromMebibytes(1024));
        byte[] read = new byte[4096];
        read.AsSpan().Fill(1);
        Assert.Equal(BlockStatus.Ok, disk.Read((1UL << 30) - 4096, read));
        Assert.Equal(-1, read.AsSpan().IndexOfAnyExcept((byte)0));
        byte[] data = new byte[200 * 512];
        new Random(1).NextBytes(data);
        Assert.Equal(BlockStatus.Ok, disk.Write(65536 - 512, data));
        read = new byte[data.Length];
        Assert.Equal(BlockStatus.Ok, disk.Read(65536 - 512, read));
        Assert.Equal(data, read);
        Assert.Equal(BlockStatus.OutOfRange, disk.Read(1 << 30, new byte[512]));
        Assert.Equal(BlockStatus.OutOfRange, disk.Write(256, new byte[512]));
    }

    [Fact]
    public void A_discarded_chunk_is_zeros_and_its_edges_stay()
    {
        IBlockStore disk = Make(new ByteSize(256 << 10));
        byte[] data = new byte[256 << 10];
        data.AsSpan().Fill(1);
        disk.Write(0, data);
        Assert.Equal(BlockStatus.Ok, disk.Discard(512, 128 << 10));
        disk.Read(0, data);
        Assert.Equal(1, data[0]);
        Assert.Equal(-1, data.AsSpan(64 << 10, 64 << 10).IndexOfAnyExcept((byte)0));
        Assert.Equal(1, data[(128 << 10) + 512]);
    }

    [Fact]
    public void Its_content_survives_save_and_restore()
    {
        RamDisk disk = (RamDisk)Make(new ByteSize(1 << 20));
        byte[] data = new byte[512];
        data.AsSpan().Fill(7);
        disk.Write(1 << 19, data);
        MemoryStream stream = new();
        disk.Save(new StateWriter(stream));
        RamDisk other = (RamDisk)Make(new ByteSize(1 << 20));
        other.Write(0, data);
        stream.Position = 0;
        other.Restore(new StateReader(stream));
        byte[] read = new byte[512];
        other.Read(1 << 19, read);
        Assert.Equal(data, read);
        other.Read(0, read);
        Assert.Equal(new byte[512], read);
        stream.Position = 0;
        Assert.Throws<InvalidDataException>(() => ((RamDisk)Make(new ByteSize(1 << 21))).Restore(new StateReader(stream)));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1000UL)]
    [InlineData((1UL << 40) + 512)]
    public void An_impossible_size_is_refused(ulong size) =>
        Assert.Equal("DOM3307", Assert.Throws<DiagnosticException>(() => Make(new ByteSize(size))).Diagnostic.Id);

    private static IBlockStore Make(ByteSize size) => (IBlockStore)new RamDiskFactory().Create(new TestServiceContext(), new RamDiskOptions { Size = size });
}
