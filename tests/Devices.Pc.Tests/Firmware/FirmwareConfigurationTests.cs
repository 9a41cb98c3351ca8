using System.Buffers.Binary;
using System.Text;
using Dominion.Buses;
using Dominion.Devices.Pc.Firmware;

namespace Dominion.Devices.Pc.Tests.Firmware;

/// <summary>Facts of QEMU's docs/specs/fw_cfg.rst.</summary>
public sealed class FirmwareConfigurationTests : IDisposable
{
    private readonly TestDomain _domain = new();
    private readonly FirmwareConfiguration _device;

    public FirmwareConfigurationTests()
    {
        _device = new FirmwareConfiguration(_domain);
        _device.AddItem(FirmwareConfiguration.ProcessorCount, 3, 2);
        _device.AddFile("etc/first", [1, 2, 3]);
        _device.AddFile("etc/second", "content"u8.ToArray());
        _device.Reset();
    }

    public void Dispose() => _device.Dispose();

    [Fact]
    public void The_signature_and_the_features_are_read_through_the_ports()
    {
        Assert.Equal("QEMU", Encoding.ASCII.GetString(Read(0, 4)));
        Assert.Equal([3, 0, 0, 0], Read(1, 4));
        Assert.Equal([3, 0, 0], Read(5, 3));
        Assert.Equal([0, 0], Read(0x7FFF, 2));
    }

    [Fact]
    public void Files_are_found_by_the_directory()
    {
        byte[] directory = Read(0x19, 4 + (2 * 64));
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32BigEndian(directory));
        Span<byte> second = directory.AsSpan(4 + 64);
        Assert.Equal(7u, BinaryPrimitives.ReadUInt32BigEndian(second));
        Assert.Equal("etc/second", Encoding.ASCII.GetString(second[8..]).TrimEnd('\0'));
        Assert.Equal("content", Encoding.ASCII.GetString(Read(BinaryPrimitives.ReadUInt16BigEndian(second[4..]), 7)));
    }

    [Fact]
    public void The_dma_port_reads_as_a_signature()
    {
        byte[] signature = [.. BitConverter.GetBytes(_domain.PortSpace.Read(0x514, AccessWidth.Dword, 0)), .. BitConverter.GetBytes(_domain.PortSpace.Read(0x518, AccessWidth.Dword, 0))];
        Assert.Equal("QEMU CFG", Encoding.ASCII.GetString(signature));
    }

    [Fact]
    public void A_dma_command_selects_skips_and_reads()
    {
        Assert.Equal(0u, Command(0x0021_0000 | 8 | 4, 3, 0));
        Assert.Equal(0u, Command(2, 6, 0x2000));
        byte[] read = new byte[6];
        Assert.True(_domain.Space.TryRead(0x2000, read));
        Assert.Equal("tent\0\0", Encoding.ASCII.GetString(read));
    }

    [Theory]
    [InlineData(0x0021_0000 | 8 | 2, 4u, ulong.MaxValue - 1)] // read, to where no RAM is
    [InlineData(0x0021_0000 | 8 | 16, 4u, 0x2000ul)] // write, and nothing is writable
    public void What_cannot_be_done_is_an_error(uint control, uint length, ulong address) =>
        Assert.Equal(1u, Command(control, length, address) & 1);

    [Fact]
    public void A_command_without_memory_is_dropped()
    {
        _domain.PortSpace.Write(0x514, AccessWidth.Dword, 0xFFFF_FFFF, 0);
        _domain.PortSpace.Write(0x518, AccessWidth.Dword, 0xFFFF_FFFF, 0);
        Assert.Equal("QEMU", Encoding.ASCII.GetString(Read(0, 4)));
    }

    [Fact]
    public void A_saved_device_goes_on_where_it_was()
    {
        Select(0x21);
        Assert.Equal((byte)'c', _domain.In(0x511));
        byte[] state = TestDomain.Save(_device);
        TestDomain other = new();
        using FirmwareConfiguration restored = new(other);
        restored.AddFile("etc/first", [1, 2, 3]);
        restored.AddFile("etc/second", "content"u8.ToArray());
        TestDomain.Restore(restored, state);
        Assert.Equal((byte)'o', other.In(0x511));
    }

    private void Select(ushort key) => _domain.PortSpace.Write(0x510, AccessWidth.Word, key, 0);

    private byte[] Read(ushort key, int length)
    {
        Select(key);
        return [.. Enumerable.Range(0, length).Select(_ => _domain.In(0x511))];
    }

    private uint Command(uint control, uint length, ulong address)
    {
        const ulong At = 0x1000;
        byte[] command = new byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(command, control);
        BinaryPrimitives.WriteUInt32BigEndian(command.AsSpan(4), length);
        BinaryPrimitives.WriteUInt64BigEndian(command.AsSpan(8), address);
        Assert.True(_domain.Space.TryWrite(At, command));
        _domain.PortSpace.Write(0x518, AccessWidth.Dword, BinaryPrimitives.ReverseEndianness((uint)At), 0);
        Assert.True(_domain.Space.TryRead(At, command.AsSpan(0, 4)));
        return BinaryPrimitives.ReadUInt32BigEndian(command);
    }
}
