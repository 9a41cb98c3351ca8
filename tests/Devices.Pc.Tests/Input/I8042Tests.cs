using Dominion.Devices.Pc.Input;
using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Devices.Pc.Tests.Input;

/// <summary>The keyboard controller and keyboard of the IBM PS/2 Hardware Interface Technical Reference.</summary>
public sealed class I8042Tests
{
    private readonly TestDomain _domain = new();
    private readonly I8042 _controller;

    public I8042Tests()
    {
        _controller = new I8042(_domain, new I8042Options { Input = new ServiceReference<ICharacterStream>("keys") });
    }

    private TestLine Irq => _domain.Lines[1];

    [Fact]
    public void Self_test_answers_0x55()
    {
        Command(0xAA);
        Assert.Equal(1, _domain.In(0x64) & 1);
        Assert.Equal(0x55, Data());
        Assert.Equal(0, _domain.In(0x64) & 1);
    }

    [Fact]
    public void Interface_tests_find_the_keyboard_and_the_mouse()
    {
        Command(0xAB);
        Assert.Equal(0x00, Data());
        Command(0xA9);
        Assert.Equal(0x00, Data());
        Command(0xA8);
        Command(0x20);
        Assert.Equal(0x00, Data() & 0x20);
    }

    [Fact]
    public void Without_a_mouse_the_auxiliary_port_is_dead()
    {
        TestDomain domain = new();
        using I8042 controller = new(domain, new I8042Options { Mouse = false });
        domain.Out(0x64, 0xA9);
        Assert.Equal(0x01, domain.In(0x60));
        domain.Out(0x64, 0xD4);
        domain.Out(0x60, 0xF2);
        Assert.Equal(0xFE, domain.In(0x60));
    }

    [Fact]
    public void The_command_byte_can_be_written_and_read()
    {
        Command(0x60, 0x30);
        Command(0x20);
        Assert.Equal(0x30, Data());
    }

    [Fact]
    public void The_status_tells_command_from_data()
    {
        Command(0x60);
        Assert.Equal(8, _domain.In(0x64) & 8);
        _domain.Out(0x60, 0x45);
        Assert.Equal(0, _domain.In(0x64) & 8);
    }

    [Theory]
    [InlineData(0xFE)]
    [InlineData(0xF0)]
    public void Pulsing_output_line_0_resets(int command)
    {
        Command(command);
        Assert.Equal(["reset"], _domain.Controlled);
    }

    [Fact]
    public void Pulsing_other_output_lines_does_not_reset()
    {
        Command(0xFF);
        Command(0xF1);
        Assert.Empty(_domain.Controlled);
    }

    [Fact]
    public void Clearing_the_reset_line_in_the_output_port_resets()
    {
        Command(0xD0);
        Assert.Equal(0xCF, Data());
        Command(0xD1, 0xDF);
        Assert.Empty(_domain.Controlled);
        Command(0xD1, 0xDE);
        Assert.Equal(["reset"], _domain.Controlled);
    }

    [Fact]
    public void The_keyboard_answers_reset_and_identify()
    {
        Untranslated();
        _domain.Out(0x60, 0xFF);
        Assert.Equal([0xFA, 0xAA], [Data(), Data()]);
        _domain.Out(0x60, 0xF2);
        Assert.Equal([0xFA, 0xAB, 0x83], [Data(), Data(), Data()]);
        _domain.Out(0x60, 0xEE);
        Assert.Equal(0xEE, Data());
    }

    [Fact]
    public void Commands_with_arguments_are_acknowledged_twice()
    {
        _domain.Out(0x60, 0xED);
        Assert.Equal(0xFA, Data());
        _domain.Out(0x60, 0x02);
        Assert.Equal(0xFA, Data());
        _domain.Out(0x60, 0xF0);
        Assert.Equal(0xFA, Data());
        _domain.Out(0x60, 0x00);
        Assert.Equal([0xFA, 0x41], [Data(), Data()]);
    }

    [Fact]
    public void Unknown_commands_ask_for_a_repetition()
    {
        _domain.Out(0x60, 0x05);
        Assert.Equal(0xFE, Data());
    }

    [Fact]
    public void A_key_is_translated_to_set_1_with_its_release()
    {
        _domain.Stream.Type("a");
        Assert.True(Irq.Asserted);
        Assert.Equal([0x1E, 0x9E], [Data(), Data()]);
        Assert.Equal(2, Irq.Edges);
        Assert.False(Irq.Asserted);
    }

    [Fact]
    public void A_key_in_set_2_has_a_release_prefix()
    {
        Untranslated();
        _domain.Stream.Type("a");
        Assert.Equal([0x1C, 0xF0, 0x1C], [Data(), Data(), Data()]);
    }

    [Fact]
    public void Shift_and_control_are_held_around_their_key()
    {
        _domain.Stream.Type("A\u0003");
        Assert.Equal([0x2A, 0x1E, 0x9E, 0xAA], [Data(), Data(), Data(), Data()]);
        Assert.Equal([0x1D, 0x2E, 0xAE, 0x9D], [Data(), Data(), Data(), Data()]);
    }

    [Fact]
    public void Every_printable_character_has_a_key()
    {
        for (char c = ' '; c < '\x7F'; c++)
            Assert.True(ScanCodes.TryFind(c, out _, out _), $"no key for {c}");
        Assert.True(ScanCodes.TryFind('\n', out byte enter, out byte modifier));
        Assert.Equal((0x5A, 0), (enter, modifier));
    }

    [Fact]
    public void A_disabled_keyboard_keeps_its_bytes()
    {
        Command(0xAD);
        _domain.Stream.Type("a");
        Assert.Equal(0, _domain.In(0x64) & 1);
        Command(0xAE);
        Assert.Equal(0x1E, Data());
    }

    [Fact]
    public void Long_input_waits_for_room_and_arrives_whole()
    {
        _domain.Stream.Type(new string('x', 500));
        int presses = 0;
        while ((_domain.In(0x64) & 1) != 0)
            presses += Data() == 0x2D ? 1 : 0;
        Assert.Equal(500, presses);
        Assert.Equal(0, _domain.Stream.Waiting);
    }

    [Fact]
    public void The_auxiliary_loopback_comes_back_with_its_mark()
    {
        Command(0xD3, 0x5A);
        Assert.Equal(0x20, _domain.In(0x64) & 0x20);
        Assert.Equal(0x5A, Data());
    }

    [Fact]
    public void Save_and_restore_keep_what_waits()
    {
        _domain.Stream.Type("ab");
        Data();
        byte[] state = TestDomain.Save(_controller);
        TestDomain other = new();
        using I8042 copy = new(other, new I8042Options());
        TestDomain.Restore(copy, state);
        Assert.Equal(state, TestDomain.Save(copy));
        Assert.Equal([0x9E, 0x30, 0xB0], [other.In(0x60), other.In(0x60), other.In(0x60)]);
    }

    private void Command(int command) => _domain.Out(0x64, command);

    private void Command(int command, int argument)
    {
        _domain.Out(0x64, command);
        _domain.Out(0x60, argument);
    }

    private void Untranslated() => Command(0x60, 0x05);

    private byte Data() => _domain.In(0x60);
}
