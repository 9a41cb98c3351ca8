using Dominion.Buses;
using Dominion.Host.Machine.Buses;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Host.Tests.Machine.Buses;

public sealed class PortSpaceTests
{
    private readonly PortSpace _ports = new(new Lock());

    [Fact]
    public void A_port_that_nobody_answers_reads_as_ones()
    {
        Assert.Equal(0xFFu, _ports.Read(0x80, AccessWidth.Byte, 0));
        Assert.Equal(0xFFFFu, _ports.Read(0x80, AccessWidth.Word, 0));
        Assert.Equal(0xFFFF_FFFFu, _ports.Read(0xFFFF, AccessWidth.Dword, 0));
        _ports.Write(0xFFFF, AccessWidth.Dword, 0, 0);
    }

    [Fact]
    public void A_target_sees_its_offset_and_the_initiator_and_nothing_above_the_width()
    {
        RecordingTarget target = new(0x10);
        _ports.Map(0x3F8, 8, target, "uart");

        Assert.Equal(0x1413u, _ports.Read(0x3FB, AccessWidth.Word, 2));
        _ports.Write(0x3FF, AccessWidth.Byte, 0xABCD, 1);

        Assert.Equal([new BusAccess(3, AccessWidth.Word, 2)], target.Reads);
        Assert.Equal([(new BusAccess(7, AccessWidth.Byte, 1), 0xCDul)], target.Writes);
    }

    [Fact]
    public void An_access_that_spans_targets_is_split()
    {
        RecordingTarget low = new(0x00);
        RecordingTarget high = new(0x80);
        _ports.Map(0x100, 3, low, "low");
        _ports.Map(0x103, 4, high, "high");

        Assert.Equal(0x80_02_01_00u, _ports.Read(0x100, AccessWidth.Dword, 0));
        _ports.Write(0x102, AccessWidth.Word, 0x1234, 0);

        Assert.Equal([(new BusAccess(2, AccessWidth.Byte, 0), 0x34ul)], low.Writes);
        Assert.Equal([(new BusAccess(0, AccessWidth.Byte, 0), 0x12ul)], high.Writes);
    }

    [Fact]
    public void Half_of_an_access_may_find_nobody()
    {
        _ports.Map(0x200, 1, new RecordingTarget(0x42), "one");
        Assert.Equal(0xFF42u, _ports.Read(0x200, AccessWidth.Word, 0));
        Assert.Equal(0x42FFu, _ports.Read(0x1FF, AccessWidth.Word, 0));
    }

    [Fact]
    public void A_guest_may_move_a_mapping_past_the_last_port()
    {
        RecordingTarget target = new(0);
        IBusMapping mapping = _ports.Map(0x1000, 0x20, target, "bar");

        mapping.Move(0xFFFF_FFE0);
        Assert.Equal(0xFFu, _ports.Read(0xFFE0, AccessWidth.Byte, 0));
        mapping.Move(0xFFF8);
        Assert.Equal(0x07u, _ports.Read(0xFFFF, AccessWidth.Byte, 0));
        mapping.Enabled = false;
        Assert.Equal(0xFFu, _ports.Read(0xFFFF, AccessWidth.Byte, 0));
        mapping.Enabled = true;
        mapping.Dispose();
        mapping.Dispose();
        Assert.Equal(0xFFu, _ports.Read(0xFFFF, AccessWidth.Byte, 0));
    }

    [Fact]
    public void The_later_mapping_answers_for_every_port_and_width()
    {
        Gen<(int Start, int Length)> place = from start in Gen.Choose(0x60, 0x8F) from length in Gen.Choose(1, 24) select (start, length);
        Prop.ForAll(Gen.ListOf(place).ToArbitrary(), Holds).QuickCheckThrowOnFailure();

        static bool Holds(IReadOnlyList<(int Start, int Length)> places)
        {
            PortSpace ports = new(new Lock());
            byte[] model = new byte[0x100];
            Array.Fill(model, (byte)0xFF);
            byte seed = 0;
            foreach ((int start, int length) in places)
            {
                seed += 37;
                ports.Map((ushort)start, length, new RecordingTarget(seed), "some");
                for (int i = 0; i < length; i++)
                    model[start + i] = (byte)(seed + i);
            }
            for (int port = 0x58; port < 0xB0; port++)
            {
                if (ports.Read((ushort)port, AccessWidth.Byte, 0) != model[port]
                    || ports.Read((ushort)port, AccessWidth.Word, 0) != BitConverter.ToUInt16(model, port)
                    || ports.Read((ushort)port, AccessWidth.Dword, 0) != BitConverter.ToUInt32(model, port))
                {
                    return false;
                }
            }
            return true;
        }
    }
}
