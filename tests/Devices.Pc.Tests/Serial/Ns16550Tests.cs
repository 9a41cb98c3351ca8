using Dominion.Devices.Pc.Serial;

namespace Dominion.Devices.Pc.Tests.Serial;

/// <summary>The rules of the PC16550D data sheet (National Semiconductor).</summary>
public sealed class Ns16550Tests
{
    private const int Port = 0x3F8;
    private readonly TestDomain _domain = new();
    private readonly Ns16550 _uart;

    public Ns16550Tests()
    {
        _uart = new Ns16550(_domain, new Ns16550Options());
        Set(4, 0x08);
    }

    private TestLine Irq => _domain.Lines[4];

    [Fact]
    public void Reset_leaves_the_transmitter_empty_and_no_interrupt_pending()
    {
        Assert.Equal(0x60, Get(5));
        Assert.Equal(0x01, Get(2));
        Assert.Equal(0xB0, Get(6));
        Assert.Equal(0x00, Get(1));
    }

    [Fact]
    public void What_is_transmitted_reaches_the_stream()
    {
        foreach (char c in "hello\n")
            Set(0, c);
        Assert.Equal("hello\n", _domain.Stream.Written);
    }

    [Fact]
    public void The_divisor_is_behind_DLAB()
    {
        Set(3, 0x83);
        Set(0, 0x0C);
        Set(1, 0x01);
        Assert.Equal(0x0C, Get(0));
        Assert.Equal(0x01, Get(1));
        Set(3, 0x03);
        Assert.Equal(0x00, Get(1));
        Assert.Equal("", _domain.Stream.Written);
    }

    [Fact]
    public void Enabling_the_transmitter_interrupt_raises_it_and_reading_IIR_clears_it()
    {
        Set(1, 0x02);
        Assert.True(Irq.Asserted);
        Assert.Equal(0x02, Get(2));
        Assert.False(Irq.Asserted);
        Assert.Equal(0x01, Get(2));
    }

    [Fact]
    public void Each_transmitted_byte_raises_the_transmitter_interrupt_again()
    {
        Set(1, 0x02);
        Get(2);
        int edges = Irq.Edges;
        Set(0, 'x');
        Assert.True(Irq.Asserted);
        Set(0, 'y');
        Assert.Equal(2, Irq.Edges - edges);
        Assert.Equal(0x02, Get(2));
        Assert.Equal(0x01, Get(2));
    }

    [Fact]
    public void OUT2_gates_the_interrupt_line()
    {
        Set(4, 0);
        Set(1, 0x02);
        Assert.False(Irq.Asserted);
        Set(4, 0x08);
        Assert.True(Irq.Asserted);
    }

    [Fact]
    public void Without_FIFO_one_byte_is_taken_at_a_time()
    {
        Set(1, 0x01);
        _domain.Stream.Type("ab");
        Assert.Equal(1, _domain.Stream.Waiting);
        Assert.True(Irq.Asserted);
        Assert.Equal(0x04, Get(2));
        Assert.Equal(0x61, Get(5));
        Assert.Equal((byte)'a', Get(0));
        Assert.Equal(0, _domain.Stream.Waiting);
        Assert.Equal((byte)'b', Get(0));
        Assert.Equal(0x60, Get(5));
        Assert.False(Irq.Asserted);
    }

    [Fact]
    public void The_FIFO_holds_16_bytes_and_interrupts_at_its_trigger_level()
    {
        Set(2, 0x81);
        Set(1, 0x01);
        _domain.Stream.Type("1234567");
        Assert.False(Irq.Asserted);
        Assert.Equal(0xC1, Get(2));
        _domain.Stream.Type("8");
        Assert.True(Irq.Asserted);
        Assert.Equal(0xC4, Get(2));
        _domain.Stream.Type("90123456XYZ");
        Assert.Equal(3, _domain.Stream.Waiting);
        Assert.Equal((byte)'1', Get(0));
        Assert.Equal(2, _domain.Stream.Waiting);
    }

    [Fact]
    public void Bytes_below_the_trigger_level_interrupt_after_four_character_times()
    {
        Set(3, 0x83);
        Set(0, 12);
        Set(1, 0);
        Set(3, 0x03);
        Set(2, 0x81);
        Set(1, 0x01);
        _domain.Stream.Type("a");

        // 9600 baud, ten bits a character.
        _domain.Time.Advance(4_166_000);
        Assert.False(Irq.Asserted);
        _domain.Time.Advance(1_000);
        Assert.True(Irq.Asserted);
        Assert.Equal(0xCC, Get(2));
        Assert.Equal((byte)'a', Get(0));
        Assert.Equal(0xC1, Get(2));
    }

    [Fact]
    public void Nothing_is_taken_before_the_received_data_interrupt_is_enabled()
    {
        _domain.Stream.Type("abc");
        Set(2, 0x01);
        Set(2, 0x07);
        Set(2, 0x00);
        Assert.Equal(0x60, Get(5));
        Assert.Equal(0, Get(0));
        Assert.Equal(3, _domain.Stream.Waiting);
        Set(2, 0x01);
        Set(1, 0x01);
        Assert.Equal(0, _domain.Stream.Waiting);
        Assert.Equal("abc", Read());
    }

    [Fact]
    public void While_the_interrupt_is_disabled_the_stream_keeps_what_comes()
    {
        Set(2, 0x01);
        Set(1, 0x01);
        _domain.Stream.Type("a");
        Set(1, 0x00);
        _domain.Stream.Type("b");
        Assert.Equal(1, _domain.Stream.Waiting);
        Assert.Equal("a", Read());
        Set(1, 0x01);
        Assert.Equal("b", Read());
    }

    [Fact]
    public void A_guest_that_polls_gets_bytes_without_an_interrupt()
    {
        _domain.Stream.Type("ab");
        for (int i = 0; i < 15; i++)
            Assert.Equal(0x60, Get(5));
        Assert.Equal(2, _domain.Stream.Waiting);
        Get(5);
        Assert.Equal(0x61, Get(5));
        Assert.Equal("ab", Read());
        _domain.Stream.Type("c");
        Assert.Equal("c", Read());
    }

    [Fact]
    public void A_guest_that_only_waits_for_its_transmitter_does_not_poll()
    {
        _domain.Stream.Type("a");
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(0x60, Get(5));
            Set(0, '.');
        }

        Assert.Equal(1, _domain.Stream.Waiting);
    }

    [Fact]
    public void Clearing_the_receiver_FIFO_empties_it_and_the_bytes_arrive_again()
    {
        Set(2, 0x01);
        Set(1, 0x01);
        _domain.Stream.Type("abc");
        Set(2, 0x03);
        Assert.Equal(0x60, Get(5));
        Assert.False(Irq.Asserted);
        _domain.Stream.Type("d");
        Assert.Equal(1, _domain.Stream.Waiting);
        _domain.RunPosted();
        Assert.Equal("abcd", Read());
    }

    [Fact]
    public void The_order_that_Linux_starts_in_loses_no_byte()
    {
        // drivers/tty/serial/8250/8250_port.c: serial8250_do_startup, serial8250_do_set_termios; a byte arrives wherever it can.
        foreach (char c in "0123456789abcdefghij")
            _domain.Stream.Type(c.ToString());
        foreach ((int register, int value) in ((int, int)[])[(2, 0x01), (2, 0x07), (2, 0x00)])
            Set(register, value);
        foreach (int register in (int[])[5, 0, 2, 6])
            Get(register);
        foreach ((int register, int value) in ((int, int)[])[(3, 0x03), (4, 0x08), (1, 0x02), (1, 0x00), (1, 0x05), (3, 0x93), (0, 1), (1, 0), (3, 0x13), (2, 0x01), (2, 0x81), (4, 0x0B)])
        {
            Set(register, value);
            _domain.RunPosted();
        }

        Assert.Equal("0123456789abcdefghij", Read());
    }

    [Fact]
    public void Bytes_that_were_looped_back_are_lost_by_a_clear_and_the_streams_are_not()
    {
        Set(2, 0x01);
        Set(1, 0x01);
        _domain.Stream.Type("a");
        Set(4, 0x18);
        Assert.Equal(0x60, Get(5));
        Set(0, 'x');
        Set(0, 'y');
        Assert.Equal((byte)'x', Get(0));
        Set(2, 0x03);
        Set(4, 0x08);
        _domain.RunPosted();
        Assert.Equal("a", Read());
    }

    [Fact]
    public void Loop_mode_joins_transmitter_and_receiver_and_the_modem_lines()
    {
        Set(4, 0x10);
        Set(0, 'x');
        Assert.Equal("", _domain.Stream.Written);
        Assert.Equal((byte)'x', Get(0));
        Set(4, 0x1A);
        Assert.Equal(0x90, Get(6) & 0xF0);
        Set(4, 0x15);
        Assert.Equal(0x60, Get(6) & 0xF0);
    }

    [Fact]
    public void Loop_mode_overruns_and_reports_it_once()
    {
        Set(4, 0x10);
        Set(0, 'x');
        Set(0, 'y');
        Assert.Equal(0x63, Get(5));
        Assert.Equal(0x61, Get(5));
        Assert.Equal((byte)'x', Get(0));
    }

    [Fact]
    public void Modem_status_changes_interrupt_until_they_are_read()
    {
        Set(1, 0x08);
        Set(4, 0x18);
        Set(4, 0x08);
        Assert.True(Irq.Asserted);
        Assert.Equal(0x00, Get(2));
        Assert.NotEqual(0, Get(6) & 0x0F);
        Assert.False(Irq.Asserted);
        Assert.Equal(0x01, Get(2));
    }

    [Fact]
    public void Line_status_comes_before_received_data_and_that_before_the_transmitter()
    {
        Set(4, 0x10);
        Set(1, 0x07);
        Set(0, 'x');
        Set(0, 'y');
        Assert.Equal(0x06, Get(2));
        Get(5);
        Assert.Equal(0x04, Get(2));
        Get(0);
        Assert.Equal(0x02, Get(2));
    }

    [Fact]
    public void The_scratch_register_keeps_its_value()
    {
        Set(7, 0x5A);
        Assert.Equal(0x5A, Get(7));
    }

    [Fact]
    public void Save_and_restore_keep_the_FIFO()
    {
        Set(2, 0x81);
        Set(1, 0x01);
        _domain.Stream.Type("abc");
        Set(2, 0x83);
        _domain.RunPosted();
        byte[] state = TestDomain.Save(_uart);
        TestDomain other = new();
        using Ns16550 copy = new(other, new Ns16550Options());
        TestDomain.Restore(copy, state);
        Assert.Equal(state, TestDomain.Save(copy));
        other.Time.Advance(1_000_000_000);
        Assert.True(other.Lines[4].Asserted);
        Assert.Equal((byte)'a', other.In(Port));
    }

    [Fact]
    public void Save_and_restore_keep_what_is_to_arrive_again()
    {
        Set(2, 0x81);
        Set(1, 0x01);
        _domain.Stream.Type("abc");
        Set(2, 0x83);
        TestDomain other = new();
        using Ns16550 copy = new(other, new Ns16550Options());
        TestDomain.Restore(copy, TestDomain.Save(_uart));
        Assert.Equal(0x60, other.In(Port + 5));
        other.RunPosted();
        Assert.Equal((byte)'a', other.In(Port));
    }

    // Reads until nothing is there, as an interrupt handler does; what is posted runs between the reads.
    private string Read()
    {
        string text = "";
        while ((Get(5) & 1) != 0)
        {
            text += (char)Get(0);
            _domain.RunPosted();
        }

        return text;
    }

    private byte Get(int register) => _domain.In(Port + register);

    private void Set(int register, int value) => _domain.Out(Port + register, value);
}
