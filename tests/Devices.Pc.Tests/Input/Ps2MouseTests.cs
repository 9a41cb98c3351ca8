using Dominion.Devices.Pc.Input;
using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Devices.Pc.Tests.Input;

/// <summary>The mouse at the keyboard controller's auxiliary port, as drivers talk to it.</summary>
public sealed class Ps2MouseTests
{
    private readonly TestDomain _domain = new();
    private readonly I8042 _controller;

    public Ps2MouseTests()
    {
        _controller = new I8042(_domain, new I8042Options { Pointer = new ServiceReference<ICharacterStream>("pointer") });
        _domain.Out(0x64, 0x60);
        _domain.Out(0x60, 0x47);
    }

    [Fact]
    public void A_reset_answers_with_self_test_and_id_on_irq_12() => Assert.Equal([0xFA, 0xAA, 0x00], Ask(0xFF));

    [Fact]
    public void Three_sample_rates_in_a_row_switch_the_wheel_on()
    {
        Assert.Equal([0xFA, 0x00], Ask(0xF2));
        foreach (byte rate in new byte[] { 200, 100, 80 })
        {
            Assert.Equal([0xFA], Ask(0xF3));
            Assert.Equal([0xFA], Ask(rate));
        }

        Assert.Equal([0xFA, 0x03], Ask(0xF2));
        Ask(0xF4);
        _domain.Stream.Type("\u0001\u0005\u0002\u0003");
        Assert.Equal([0x09, 0x05, 0x02, 0x03], Take());
    }

    [Fact]
    public void Movements_are_reported_only_when_asked_for()
    {
        _domain.Stream.Type("\u0000\u0005\u0005\u0000");
        Assert.Empty(Take());
        Assert.Equal([0xFA], Ask(0xF4));
        _domain.Stream.Type("\u0004\u0006\u0007\u0000");
        Assert.Equal([0x0C, 0x06, 0x07], Take());
        Assert.Equal([0xFA, 0x22, 0x02, 0x64], Ask(0xE9));
    }

    [Fact]
    public void What_moves_while_nobody_reads_adds_up()
    {
        Ask(0xF4);
        for (int i = 0; i < 100; i++)
            _domain.Stream.Type("\u0000\u0001\u0000\u0000");
        byte[] reports = Take();
        Assert.True(reports.Length <= 64);
        byte[] rest = [];
        _domain.Stream.Type("\u0000\u0001\u0000\u0000");
        rest = Take();
        Assert.Equal(101, Enumerable.Range(0, (reports.Length + rest.Length) / 3).Sum(i => reports.Concat(rest).ElementAt((3 * i) + 1)));
    }

    [Fact]
    public void State_survives()
    {
        Ask(0xF4);
        _domain.Stream.Type("\u0001\u0005\u0002\u0000");
        byte[] state = TestDomain.Save(_controller);
        TestDomain other = new();
        using I8042 copy = new(other, new I8042Options());
        TestDomain.Restore(copy, state);
        Assert.Equal([0x09, 0x05, 0x02], [other.In(0x60), other.In(0x60), other.In(0x60)]);
    }

    private byte[] Ask(byte command)
    {
        _domain.Out(0x64, 0xD4);
        _domain.Out(0x60, command);
        return Take();
    }

    private byte[] Take()
    {
        List<byte> bytes = [];
        while ((_domain.In(0x64) & 1) != 0)
        {
            Assert.Equal(0x20, _domain.In(0x64) & 0x20);
            Assert.True(_domain.Lines[12].Asserted);
            bytes.Add(_domain.In(0x60));
        }

        Assert.False(_domain.Lines[12].Asserted);
        return [.. bytes];
    }
}
