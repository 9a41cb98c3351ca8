using System.Buffers.Binary;
using Dominion.Buses;
using Dominion.Devices.Pc.Network;
using Dominion.Devices.Pc.Tests.Pci;
using Dominion.Devices.Pc.Tests.Virtio;
using FsCheck;
using FsCheck.Fluent;
using Moq;

namespace Dominion.Devices.Pc.Tests.Network;

/// <summary>The 82540EM by its Software Developer's Manual.</summary>
public class E1000Tests
{
    private const int Transmit = 0x1000;
    private const int Receive = 0x2000;
    private const int Buffers = 0x1_0000;
    private const int Line = 17;
    private static readonly byte[] s_address = [0x02, 0, 0, 0, 0, 1];
    private readonly TestBoard _board = new();
    private readonly TestSegment _segment = new();
    private readonly E1000 _card;
    private readonly ulong _base;

    public E1000Tests()
    {
        _card = Make(_board, _segment);
        _base = _board.Configuration(1, 0x10);
        _board.SetConfiguration(1, 4, 7, AccessWidth.Word);
    }

    [Fact]
    public void The_eeprom_holds_the_address_and_sums_to_BABA()
    {
        ushort[] words = [.. Enumerable.Range(0, 64).Select(i => ReadEeprom(i))];
        Assert.Equal([0x0002, 0x0000, 0x0100], words[..3].Select(w => (int)w));
        Assert.Equal(0xBABA, (ushort)words.Sum(w => w));
        Set(0x14, (2 << 8) | 1);
        Assert.Equal(0x0100_0210u, Get(0x14));
    }

    [Fact]
    public void The_phy_is_there_and_its_link_is_up()
    {
        Set(0x20, (2 << 26) | (1 << 21) | (2 << 16));
        Assert.Equal(0x0141u, Get(0x20) & 0xFFFF);
        Set(0x20, (2 << 26) | (1 << 21) | (1 << 16));
        Assert.Equal(0x24u, Get(0x20) & 0x24);
        Set(0x20, (2 << 26) | (2 << 21));
        Assert.Equal(1u << 30, Get(0x20) & (1 << 30));
        Assert.Equal(3u, Get(0x08) & 3);
    }

    [Fact]
    public void A_legacy_descriptor_sends_and_reports()
    {
        byte[] frame = Frame(100);
        StartTransmit();
        Set(0xD0, 1);
        Put(0, frame, 100, 0x09);
        Set(0x3818, 1);
        Assert.Equal([frame], _segment.Sent);
        Assert.Equal(1, _board.Space.Ram[Transmit + 12]);
        Assert.True(_board.Lines[Line]);
        Assert.Equal(3u, Get(0xC0));
        Assert.False(_board.Lines[Line]);
        Assert.Equal(1u, Get(0x4080));
        Assert.Equal(0u, Get(0x4080));
    }

    [Fact]
    public void Segmentation_cuts_with_right_lengths_numbers_and_checksums()
    {
        byte[] packet = TcpPacket(3000);
        StartTransmit();
        BinaryPrimitives.WriteUInt64LittleEndian(_board.Space.Ram.AsSpan(Transmit), 14 | (24u << 8) | (33u << 16) | (34ul << 32) | (50ul << 40));
        BinaryPrimitives.WriteUInt64LittleEndian(_board.Space.Ram.AsSpan(Transmit + 8), 3000 | (0x27ul << 24) | (54ul << 40) | (1400ul << 48));
        packet.CopyTo(_board.Space.Ram, Buffers);
        BinaryPrimitives.WriteUInt64LittleEndian(_board.Space.Ram.AsSpan(Transmit + 16), Buffers);
        BinaryPrimitives.WriteUInt64LittleEndian(_board.Space.Ram.AsSpan(Transmit + 24), 3054 | (1ul << 20) | (0x2Dul << 24) | (3ul << 40));
        Set(0x3818, 2);

        Assert.Equal([1454, 1454, 254], _segment.Sent.Select(f => f.Length));
        Assert.Equal(packet[54..], _segment.Sent.SelectMany(f => f[54..]));
        for (int i = 0; i < 3; i++)
        {
            byte[] sent = _segment.Sent[i];
            Assert.Equal(sent.Length - 14, BinaryPrimitives.ReadUInt16BigEndian(sent.AsSpan(16)));
            Assert.Equal(7 + i, BinaryPrimitives.ReadUInt16BigEndian(sent.AsSpan(18)));
            Assert.Equal(1000u + (1400 * (uint)i), BinaryPrimitives.ReadUInt32BigEndian(sent.AsSpan(38)));
            Assert.Equal(i == 2 ? 0x18 : 0x10, sent[47]);
            Assert.Equal((0x60, 0), E1000ReceiveChecksum.Verify(sent, 0x300, isTagged: false));
        }
    }

    [Fact]
    public void A_frame_is_received_with_its_check_sequence()
    {
        StartReceive(8, 7);
        Set(0xD0, 0x80);
        _segment.Receiver!.Receive([.. s_address, .. s_address, 8, 0, .. new byte[20]]);
        Assert.Equal(64, BinaryPrimitives.ReadUInt16LittleEndian(_board.Space.Ram.AsSpan(Receive + 8)));
        Assert.Equal(3, _board.Space.Ram[Receive + 12] & 3);
        Assert.Equal(1u, Get(0x2810));
        Assert.True(_board.Lines[Line]);

        // The residue of a frame with its check sequence (IEEE 802.3, 3.2.9).
        Assert.Equal(0x2144_DF1Cu, EthernetCrc.Compute(_board.Space.Ram.AsSpan(Buffers, 64)));
    }

    [Theory]
    [InlineData("020000000001", 0u, true)]
    [InlineData("020000000002", 0u, false)]
    [InlineData("020000000002", 8u, true)]
    [InlineData("ffffffffffff", 0u, false)]
    [InlineData("ffffffffffff", 0x8000u, true)]
    [InlineData("01005e000001", 0u, true)]
    [InlineData("01005e000002", 0u, false)]
    [InlineData("01005e000002", 16u, true)]
    public void Addresses_are_filtered(string destination, uint control, bool isTaken)
    {
        StartReceive(8, 7);
        Set(0x100, 2 | control);

        // 01-00-5E-00-00-01: the twelve bits from bit 36 on are 0x010.
        Set(0x5200, 1 << 16);
        _segment.Receiver!.Receive([.. Convert.FromHexString(destination), .. new byte[60]]);
        Assert.Equal(isTaken ? 1u : 0, Get(0x2810));
    }

    [Fact]
    public void Frames_wait_for_descriptors_in_the_packet_buffer_and_overrun_it()
    {
        StartReceive(8, 0);
        byte[] frame = [.. s_address, .. new byte[1494]];
        for (int i = 0; i < 40; i++)
        {
            frame[20] = (byte)i;
            _segment.Receiver!.Receive(frame);
        }

        Assert.Equal(0u, Get(0x2810));
        Assert.Equal(0x40u, Get(0xC0) & 0x40);
        uint missed = Get(0x4010);
        Assert.Equal(40u - (48 * 1024 / 1502), missed);
        byte[] state = TestDomain.Save(_card);
        Set(0x2818, 7);
        Assert.Equal(7u, Get(0x2810));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], Enumerable.Range(0, 7).Select(i => (int)_board.Space.Ram[Buffers + (2048 * i) + 20]));
        TestDomain.Restore(_card, state);
        Assert.Equal(state, TestDomain.Save(_card));
    }

    [Fact]
    public void No_ring_harms_the_host()
    {
        Gen<byte> octet = Gen.Frequency((4, Gen.Constant((byte)0)), (2, Gen.Elements<byte>(0x01, 0x08, 0x0B, 0x10, 0x20, 0x25, 0x2D, 0x2F, 0x40)), (1, Gen.Choose(0, 255).Select(i => (byte)i)));
        Gen<(byte[] Ring, uint[] Registers)> input =
            from ring in octet.ArrayOf(256)
            from registers in Gen.Elements(0u, 1u, 7u, 0x80u, 0xFF80u, 0xFFFFu, 0x0600_00FFu, uint.MaxValue).ArrayOf(12)
            select (ring, registers);
        Prop.ForAll(input.ToArbitrary(), guest =>
        {
            TestBoard board = new();
            TestSegment segment = new();
            using E1000 card = Make(board, segment);
            ulong registers = board.Configuration(1, 0x10);
            board.SetConfiguration(1, 4, 7, AccessWidth.Word);
            guest.Ring.CopyTo(board.Space.Ram, Transmit);
            uint[] offsets = [0x3800, 0x3808, 0x3810, 0x3818, 0x2800, 0x2808, 0x2810, 0x100, 0x2818, 0x400, 0x3818, 0x5000];
            for (int i = 0; i < offsets.Length; i++)
                board.Space.Write(registers + offsets[i], AccessWidth.Dword, offsets[i] is 0x3800 or 0x2800 ? Transmit : guest.Registers[i], 0);
            segment.Receiver!.Receive(new byte[100]);
            TestDomain.Restore(card, TestDomain.Save(card));
            board.Space.Write(registers, AccessWidth.Dword, 1 << 26, 0);
            return board.Space.Read(registers + 0x3810, AccessWidth.Dword, 0) == 0 && segment.Sent.TrueForAll(f => f.Length >= 14);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static E1000 Make(TestBoard board, TestSegment segment)
    {
        Mock.Get(board.Clock).Setup(clock => clock.CreateTimer(It.IsAny<Action>())).Returns(Mock.Of<Time.ITimer>());
        return new E1000(board, segment, new MacAddress(0x0200_0000_0001));
    }

    private static byte[] Frame(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)i)];

    // Ethernet, IPv4 and TCP with the pseudo-header's sum in its checksum, as a driver leaves it.
    private static byte[] TcpPacket(int payload)
    {
        byte[] packet = Frame(54 + payload);
        byte[] headers = Convert.FromHexString("020000000002020000000001" + "0800" + "450000000007400040060000" + "0a0000010a000002" + "10002000000003e80000000050180400" + "00000000");
        headers.CopyTo(packet, 0);
        ushort sum = InternetChecksum.Fold(InternetChecksum.AddIpv4PseudoHeader(packet.AsSpan(14), 0));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(50), sum);
        return packet;
    }

    private uint Get(uint offset) => (uint)_board.Space.Read(_base + offset, AccessWidth.Dword, 0);

    private void Set(uint offset, uint value) => _board.Space.Write(_base + offset, AccessWidth.Dword, value, 0);

    private void StartTransmit()
    {
        Set(0x3800, Transmit);
        Set(0x3808, 128);
        Set(0x400, 2);
    }

    private void StartReceive(int count, uint tail)
    {
        for (int i = 0; i < count; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(_board.Space.Ram.AsSpan(Receive + (16 * i)), (ulong)(Buffers + (2048 * i)));
        Set(0x2800, Receive);
        Set(0x2808, (uint)count * 16);
        Set(0x2818, tail);
        Set(0x100, 2);
    }

    private void Put(int index, byte[] frame, int length, byte command)
    {
        frame.CopyTo(_board.Space.Ram, Buffers);
        BinaryPrimitives.WriteUInt64LittleEndian(_board.Space.Ram.AsSpan(Transmit + (16 * index)), Buffers);
        BinaryPrimitives.WriteUInt64LittleEndian(_board.Space.Ram.AsSpan(Transmit + (16 * index) + 8), (uint)length | ((ulong)command << 24));
    }

    // Microwire, bit by bit, as drivers do it.
    private ushort ReadEeprom(int word)
    {
        const uint Selected = 0x42;
        Set(0x10, 0x40);
        Set(0x10, Selected);
        for (int bit = 8; bit >= 0; bit--)
        {
            uint data = (uint)((((6 << 6) | word) >> bit) & 1) << 2;
            Set(0x10, Selected | data);
            Set(0x10, Selected | data | 1);
            Set(0x10, Selected | data);
        }

        int value = 0;
        for (int i = 0; i < 16; i++)
        {
            Set(0x10, Selected | 1);
            value = (value << 1) | (int)((Get(0x10) >> 3) & 1);
            Set(0x10, Selected);
        }

        Set(0x10, 0);
        return (ushort)value;
    }
}
