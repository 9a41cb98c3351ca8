using Dominion.Buses;
using Dominion.Devices.Pc.Testing;

namespace Dominion.Devices.Pc.Tests.Testing;

public sealed class TestDeviceTests
{
    private readonly TestDomain _domain = new();
    private readonly TestDevice _device;

    public TestDeviceTests()
    {
        _device = new TestDevice(_domain);
    }

    [Fact]
    public void The_port_register_keeps_bytes_words_and_dwords()
    {
        _domain.PortSpace.Write(0xE0, AccessWidth.Dword, 0x1234_5678, 0);
        Assert.Equal(0x1234_5678U, _domain.PortSpace.Read(0xE0, AccessWidth.Dword, 0));
        _domain.PortSpace.Write(0xE0, AccessWidth.Word, 0x9999, 0);
        Assert.Equal(0x99, _domain.In(0xE0));
        Assert.Equal(0x1234_9999U, _domain.PortSpace.Read(0xE0, AccessWidth.Dword, 0));
    }

    [Fact]
    public void Each_interrupt_port_drives_its_line()
    {
        _domain.Out(0x200E, 1);
        Assert.True(_domain.Lines[14].Asserted);
        Assert.False(_domain.Lines[13].Asserted);
        Assert.Equal(1, _domain.In(0x200E));
        _domain.Out(0x200E, 0);
        Assert.False(_domain.Lines[14].Asserted);
        _domain.Out(0x2017, 1);
        Assert.True(_domain.Lines[23].Asserted);
    }

    [Fact]
    public void The_memory_keeps_what_is_written()
    {
        _domain.Space.Write(0xFF00_FFF8, AccessWidth.Qword, 0x0123_4567_89AB_CDEF, 0);
        Assert.Equal(0x0123_4567_89AB_CDEFUL, _domain.Space.Read(0xFF00_FFF8, AccessWidth.Qword, 0));
        Assert.Equal(0xCDUL, _domain.Space.Read(0xFF00_FFF9, AccessWidth.Byte, 0));
    }

    [Fact]
    public void Reset_lowers_the_lines_and_clears_what_was_kept()
    {
        _domain.Out(0x2003, 1);
        _domain.Out(0xE0, 0x55);
        _domain.Store(0xFF00_0000, 1);
        _device.Reset();
        Assert.False(_domain.Lines[3].Asserted);
        Assert.Equal(0, _domain.In(0xE0));
        Assert.Equal(0U, _domain.Load(0xFF00_0000));
    }

    [Fact]
    public void Save_and_restore_keep_lines_and_bytes()
    {
        _domain.Out(0x2003, 1);
        _domain.Out(0xE1, 0x55);
        _domain.Store(0xFF00_0010, 7);
        byte[] state = TestDomain.Save(_device);
        TestDomain other = new();
        using TestDevice copy = new(other);
        TestDomain.Restore(copy, state);
        Assert.True(other.Lines[3].Asserted);
        Assert.Equal(0x55, other.In(0xE1));
        Assert.Equal(7U, other.Load(0xFF00_0010));
    }
}
