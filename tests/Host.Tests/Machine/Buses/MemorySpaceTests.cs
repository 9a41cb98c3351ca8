using Dominion.Buses;
using Dominion.Host.Machine.Buses;
using Dominion.Host.Machine.Memory;
using Dominion.Memory;
using FsCheck;
using FsCheck.Fluent;
using Moq;

namespace Dominion.Host.Tests.Machine.Buses;

public sealed unsafe class MemorySpaceTests : IDisposable
{
    private const int Domain = 1;
    private const ulong Page = FrameRange.FrameSize;
    private readonly MachineMemory _memory = MachineMemory.Create(64 * Page);
    private readonly MemorySpace _space;

    public MemorySpaceTests()
    {
        _space = new MemorySpace(_memory, Domain, new Lock());
    }

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void No_mans_land_reads_as_ones_and_takes_writes()
    {
        Assert.Equal(0xFFFF_FFFF_FFFF_FFFF, _space.Read(0x1000, AccessWidth.Qword, 0));
        Assert.Equal(0xFFul, _space.Read(ulong.MaxValue, AccessWidth.Byte, 0));
        _space.Write(0x1000, AccessWidth.Qword, 1, 0);
        Assert.True(_space.GetPage(0x1000, MemoryAccess.Read) == null);
        Assert.False(_space.TryRead(0x1000, new byte[1]));
        Assert.False(_space.TryRead(ulong.MaxValue, new byte[2]));
        Assert.True(_space.TryRead(0x1000, []));
    }

    [Fact]
    public void Ram_is_found_by_the_page_and_by_bytes()
    {
        FrameRange ram = MapRam(0x10000, 4);

        Assert.True(_space.TryWrite(0x10FFE, [1, 2, 3, 4]));

        byte[] bytes = new byte[4];
        Assert.True(_space.TryRead(0x10FFE, bytes));
        Assert.Equal([1, 2, 3, 4], bytes);
        Assert.True(_space.GetPage(0x11234, MemoryAccess.Write) == _memory.Base + ram.Address + Page);
        Assert.Equal(0x0403ul, _space.Read(0x11000, AccessWidth.Word, 0));
        Assert.True(_space.GetPage(0x14000, MemoryAccess.Read) == null);
    }

    [Fact]
    public void A_range_that_leaves_ram_is_not_written_at_all()
    {
        MapRam(0x10000, 1);
        Assert.False(_space.TryWrite(0x10FFE, [1, 2, 3]));
        Assert.Equal(0ul, _space.Read(0x10FFE, AccessWidth.Word, 0));
    }

    [Fact]
    public void A_copy_goes_across_two_runs_of_frames()
    {
        MapRam(0x10000, 1);
        _memory.TryAllocate(Domain, 1, out _);
        MapRam(0x11000, 1);
        byte[] written = [.. Enumerable.Range(0, 0x1800).Select(i => (byte)(i * 7))];

        Assert.True(_space.TryWrite(0x10400, written));

        byte[] read = new byte[written.Length];
        Assert.True(_space.TryRead(0x10400, read));
        Assert.Equal(written, read);
    }

    [Fact]
    public void Rom_is_read_and_executed_but_not_written()
    {
        _memory.TryAllocate(Domain, 1, out FrameRange rom);
        _memory.Base[rom.Address] = 0x90;
        _space.MapFrames(0xF0000, rom, writable: false, "rom");

        Assert.True(_space.GetPage(0xF0000, MemoryAccess.Write) == null);
        Assert.True(_space.GetPage(0xF0000, MemoryAccess.Execute) == _memory.Base + rom.Address);
        _space.Write(0xF0000, AccessWidth.Byte, 1, 0);
        Assert.False(_space.TryWrite(0xF0000, [1]));
        Assert.Equal(0x90ul, _space.Read(0xF0000, AccessWidth.Byte, 0));
    }

    [Fact]
    public void Devices_hide_ram_even_when_it_is_mapped_later_and_only_where_they_are()
    {
        RecordingTarget device = new(0x40);
        _space.Map(0x10804, 4, device, "device");
        MapRam(0x10000, 2);

        Assert.True(_space.GetPage(0x10000, MemoryAccess.Read) == null);
        Assert.False(_space.GetPage(0x11000, MemoryAccess.Read) == null);
        Assert.Equal(0x4140ul, _space.Read(0x10804, AccessWidth.Word, 1));
        Assert.False(_space.TryRead(0x10800, new byte[8]));
        Assert.Equal([new BusAccess(0, AccessWidth.Word, 1)], device.Reads);
    }

    [Fact]
    public void An_access_across_a_devices_edge_is_split()
    {
        RecordingTarget device = new(0x40);
        MapRam(0x10000, 1);
        _space.Map(0x10004, 0x100, device, "device");

        _space.Write(0x10000, AccessWidth.Qword, 0x1122_3344_5566_7788, 0);

        Assert.Equal(0x4342_4140_5566_7788ul, _space.Read(0x10000, AccessWidth.Qword, 0));
        Assert.Equal([(new BusAccess(0, AccessWidth.Dword, 0), 0x1122_3344ul)], device.Writes);
    }

    [Fact]
    public void The_layout_event_comes_exactly_when_a_page_answers_otherwise()
    {
        int changes = 0;
        _space.LayoutChanged += () => changes++;
        MapRam(0x10000, 2);
        Assert.Equal(1, changes);
        IBusMapping far = _space.Map(0xFEB0_0000, 0x1000, new RecordingTarget(0), "far");
        far.Move(0xFEC0_0000);
        far.Enabled = false;
        Assert.Equal(1, changes);
        IBusMapping over = _space.Map(0x11000, 0x10, new RecordingTarget(0), "over");
        Assert.Equal(2, changes);
        over.Enabled = true;
        Assert.Equal(2, changes);
        over.Enabled = false;
        Assert.Equal(3, changes);
        Assert.False(_space.GetPage(0x11000, MemoryAccess.Read) == null);
        over.Dispose();
        Assert.Equal(3, changes);
    }

    [Fact]
    public void A_mapping_may_be_moved_to_the_end_of_all_addresses()
    {
        IBusMapping mapping = _space.Map(0x1000, 0x2000, new RecordingTarget(1), "bar");
        mapping.Move(ulong.MaxValue - 0xFFF);
        Assert.Equal(0xFFul, _space.Read(ulong.MaxValue - 0xFFF, AccessWidth.Byte, 0));
        mapping.Move((1ul << _space.AddressBits) - 0x1000);
        Assert.Equal(1ul, _space.Read((1ul << _space.AddressBits) - 0x1000, AccessWidth.Byte, 0));
        Assert.Equal(0xFFul, _space.Read(1ul << _space.AddressBits, AccessWidth.Byte, 0));
    }

    [Fact]
    public void Frames_of_another_domain_cannot_be_mapped()
    {
        _memory.TryAllocate(Domain + 1, 1, out FrameRange theirs);
        Assert.Throws<ArgumentException>(() => _space.MapFrames(0, theirs, true, "theirs"));
        Assert.Throws<ArgumentException>(() => _space.MapFrames(0, new FrameRange(60, 100), true, "nowhere"));
    }

    [Fact]
    public void A_write_by_a_bus_master_makes_decoded_code_stale_frame_by_frame()
    {
        FrameRange ram = MapRam(0x10000, 3);
        Mock<ICodeObserver> core = new();
        _memory.AddCodeObserver(core.Object);
        _memory.MarkCode(ram.First, core.Object);
        _memory.MarkCode(ram.First + 2, core.Object);

        _space.TryWrite(0x10FF0, new byte[0x1020]);
        _space.Write(0x10008, AccessWidth.Dword, 1, 0);

        core.Verify(o => o.OnCodeWritten(ram.Address + 0xFF0, 0x10), Times.Once);
        core.Verify(o => o.OnCodeWritten(ram.Address + 0x2000, 0x10), Times.Once);
        core.Verify(o => o.OnCodeWritten(ram.Address + 8, 4), Times.Once);
        core.VerifyNoOtherCalls();
    }

    [Fact]
    public void Every_byte_is_answered_by_the_last_device_else_the_last_frames()
    {
        Gen<(bool IsRam, int Start, int Length, bool Enabled)> mapping =
            from isRam in Gen.Elements(true, false)
            from start in Gen.Choose(0, 0x5FFF)
            from length in Gen.Choose(1, 0x2000)
            from enabled in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
            select (isRam, isRam ? start & ~0xFFF : start, isRam ? ((length - 1) / 0x1000) + 1 : length, enabled);
        Prop.ForAll(Gen.ListOf(mapping).ToArbitrary(), Holds).QuickCheckThrowOnFailure();
    }

    private static bool Holds(IReadOnlyList<(bool IsRam, int Start, int Length, bool Enabled)> mappings)
    {
        using MachineMemory memory = MachineMemory.Create(256 * Page);
        MemorySpace space = new(memory, Domain, new Lock());
        byte[] model = new byte[0x9000];
        bool[] isDevice = new bool[model.Length];
        bool[] isRam = new bool[model.Length];
        Array.Fill(model, (byte)0xFF);
        byte seed = 0;
        foreach ((bool ram, int start, int length, bool enabled) in mappings)
        {
            seed += 41;
            int bytes = ram ? length * (int)Page : length;
            if (ram)
            {
                if (!memory.TryAllocate(Domain, (ulong)length, out FrameRange frames))
                    break;
                for (int i = 0; i < bytes; i++)
                    memory.Base[frames.Address + (ulong)i] = (byte)(seed + i);
                space.MapFrames((ulong)start, frames, true, "ram").Enabled = enabled;
            }
            else
            {
                space.Map((ulong)start, (ulong)length, new RecordingTarget(seed), "device").Enabled = enabled;
            }
            for (int i = start; enabled && i < start + bytes; i++)
            {
                if (ram && isDevice[i])
                    continue;
                model[i] = (byte)(seed + (i - start));
                isDevice[i] |= !ram;
                isRam[i] = ram;
            }
        }

        for (int address = 0; address < model.Length - 8; address += 5)
        {
            int width = 1 << (address % 4);
            int aligned = address & ~(width - 1);
            ulong expected = BitConverter.ToUInt64([.. model.AsSpan(aligned, width), .. new byte[8 - width]]);
            bool allRam = !isRam.AsSpan(aligned, width).Contains(false);
            byte[] bytes = new byte[width];
            bool read = space.TryRead((ulong)aligned, bytes);
            if (space.Read((ulong)aligned, (AccessWidth)width, 0) != expected || read != allRam || (read && !bytes.AsSpan().SequenceEqual(model.AsSpan(aligned, width))))
                return false;
        }
        for (int page = 0; page < model.Length; page += (int)Page)
        {
            byte* host = space.GetPage((ulong)page, MemoryAccess.Write);
            bool whole = !isRam.AsSpan(page, (int)Page).Contains(false);
            if (whole != (host != null) || (whole && !new ReadOnlySpan<byte>(host, (int)Page).SequenceEqual(model.AsSpan(page, (int)Page))))
                return false;
        }
        return true;
    }

    private FrameRange MapRam(ulong start, ulong frames)
    {
        Assert.True(_memory.TryAllocate(Domain, frames, out FrameRange range));
        _space.MapFrames(start, range, writable: true, "ram");
        return range;
    }
}
