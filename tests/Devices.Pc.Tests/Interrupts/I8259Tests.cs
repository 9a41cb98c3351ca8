using Dominion.Devices.Pc.Interrupts;

namespace Dominion.Devices.Pc.Tests.Interrupts;

/// <summary>The rules of the 8259A data sheet (Intel 231468).</summary>
public sealed class I8259Tests
{
    private readonly TestDomain _domain = new();
    private readonly I8259 _pic;
    private bool _request;

    public I8259Tests()
    {
        _pic = new I8259(_domain) { RequestChanged = asserted => _request = asserted };
        Initialize(icw4: 0x01);
    }

    [Fact]
    public void Before_initialization_nothing_asks()
    {
        using I8259 fresh = new(new TestDomain());
        bool asked = false;
        fresh.RequestChanged = asserted => asked |= asserted;
        for (int i = 0; i < 16; i++)
            fresh.SetInput(i, true);
        Assert.False(asked);
    }

    [Fact]
    public void A_rising_edge_asks_once_and_the_vector_is_base_plus_input()
    {
        _pic.SetInput(4, true);
        Assert.True(_request);
        Assert.Equal(0x24, _pic.Acknowledge());
        Assert.False(_request);
        _domain.Out(0x20, 0x20);
        Assert.False(_request);
        _pic.SetInput(4, false);
        _pic.SetInput(4, true);
        Assert.True(_request);
    }

    [Fact]
    public void An_edge_request_that_goes_away_gives_the_default_IR7_without_in_service_bit()
    {
        _pic.SetInput(3, true);
        _pic.SetInput(3, false);
        Assert.False(_request);
        Assert.Equal(0x27, _pic.Acknowledge());
        Assert.Equal(0, InService(0x20));
    }

    [Fact]
    public void Masking_the_slaves_only_request_takes_the_masters_request_away()
    {
        _pic.SetInput(9, true);
        Assert.True(_request);
        _domain.Out(0xA1, 0x02);
        Assert.False(_request);
        Assert.Equal(0x27, _pic.Acknowledge());
        Assert.Equal(0, InService(0x20));
    }

    [Fact]
    public void The_lower_input_has_the_higher_priority_and_interrupts_the_other_in_fully_nested_mode()
    {
        _pic.SetInput(5, true);
        Assert.Equal(0x25, _pic.Acknowledge());
        _pic.SetInput(6, true);
        Assert.False(_request);
        _pic.SetInput(1, true);
        Assert.True(_request);
        Assert.Equal(0x21, _pic.Acknowledge());
        Assert.Equal(0x22, InService(0x20));
        _domain.Out(0x20, 0x20);
        Assert.Equal(0x20, InService(0x20));
        _domain.Out(0x20, 0x20);
        Assert.True(_request);
        Assert.Equal(0x26, _pic.Acknowledge());
    }

    [Fact]
    public void A_slave_interrupt_comes_through_input_2_with_the_slaves_vector()
    {
        _pic.SetInput(12, true);
        Assert.Equal(0x2C, _pic.Acknowledge());
        Assert.Equal(0x04, InService(0x20));
        Assert.Equal(0x10, InService(0xA0));
    }

    [Fact]
    public void A_masked_input_does_not_ask_until_it_is_unmasked()
    {
        _domain.Out(0x21, 0x10);
        _pic.SetInput(4, true);
        Assert.False(_request);
        Assert.Equal(0x10, _domain.In(0x21));
        _domain.Out(0x21, 0x00);
        Assert.True(_request);
    }

    [Fact]
    public void Specific_EOI_clears_only_its_level()
    {
        _pic.SetInput(5, true);
        _pic.Acknowledge();
        _pic.SetInput(1, true);
        _pic.Acknowledge();
        _domain.Out(0x20, 0x65);
        Assert.Equal(0x02, InService(0x20));
    }

    [Fact]
    public void Rotate_on_non_specific_EOI_makes_the_served_input_the_lowest()
    {
        _pic.SetInput(4, true);
        _pic.Acknowledge();
        _domain.Out(0x20, 0xA0);
        _pic.SetInput(4, false);
        _pic.SetInput(4, true);
        _pic.SetInput(5, true);
        _pic.SetInput(3, true);
        Assert.Equal(0x25, _pic.Acknowledge());
        _domain.Out(0x20, 0x20);
        Assert.Equal(0x23, _pic.Acknowledge());
        _domain.Out(0x20, 0x20);
        Assert.Equal(0x24, _pic.Acknowledge());
    }

    [Fact]
    public void Set_priority_command_names_the_lowest_input()
    {
        _domain.Out(0x20, 0xC0 | 5);
        _pic.SetInput(0, true);
        _pic.SetInput(6, true);
        Assert.Equal(0x26, _pic.Acknowledge());
    }

    [Fact]
    public void Automatic_EOI_leaves_nothing_in_service()
    {
        Initialize(icw4: 0x03);
        _pic.SetInput(4, true);
        Assert.Equal(0x24, _pic.Acknowledge());
        Assert.Equal(0, InService(0x20));
    }

    [Fact]
    public void Rotation_in_automatic_EOI_mode_makes_the_served_input_the_lowest()
    {
        Initialize(icw4: 0x03);
        _domain.Out(0x20, 0x80);
        _pic.SetInput(0, true);
        Assert.Equal(0x20, _pic.Acknowledge());
        _pic.SetInput(0, false);
        _pic.SetInput(0, true);
        _pic.SetInput(7, true);
        Assert.Equal(0x27, _pic.Acknowledge());
    }

    [Fact]
    public void Special_mask_mode_lets_lower_levels_interrupt_a_masked_service()
    {
        _pic.SetInput(3, true);
        _pic.Acknowledge();
        _pic.SetInput(6, true);
        Assert.False(_request);
        _domain.Out(0x21, 0x08);
        _domain.Out(0x20, 0x68);
        Assert.True(_request);
        Assert.Equal(0x26, _pic.Acknowledge());
    }

    [Fact]
    public void Poll_acknowledges_and_names_the_input()
    {
        _pic.SetInput(6, true);
        _domain.Out(0x20, 0x0C);
        Assert.Equal(0x86, _domain.In(0x20));
        Assert.Equal(0x40, InService(0x20));
        _domain.Out(0x20, 0x0C);
        Assert.Equal(0x00, _domain.In(0x20));
    }

    [Fact]
    public void Level_triggered_inputs_ask_as_long_as_the_level_lasts()
    {
        _domain.Out(0x4D0, 0xFF);
        _domain.Out(0x4D1, 0xFF);
        Assert.Equal(0xF8, _domain.In(0x4D0));
        Assert.Equal(0xDE, _domain.In(0x4D1));
        _pic.SetInput(10, true);
        Assert.Equal(0x2A, _pic.Acknowledge());
        _domain.Out(0xA0, 0x20);
        _domain.Out(0x20, 0x20);
        Assert.True(_request);
        _pic.SetInput(10, false);
        Assert.False(_request);
    }

    [Fact]
    public void Special_fully_nested_mode_lets_the_slaves_higher_levels_through()
    {
        _pic.SetInput(12, true);
        _pic.Acknowledge();
        _pic.SetInput(9, true);
        Assert.False(_request);
        Initialize(icw4: 0x11);
        _pic.SetInput(12, false);
        _pic.SetInput(9, false);
        _pic.SetInput(12, true);
        Assert.Equal(0x2C, _pic.Acknowledge());
        _pic.SetInput(9, true);
        Assert.True(_request);
        Assert.Equal(0x29, _pic.Acknowledge());
    }

    [Fact]
    public void ICW1_forgets_edges_and_masks()
    {
        _domain.Out(0x21, 0xFF);
        _pic.SetInput(4, true);
        Initialize(icw4: 0x01);
        Assert.Equal(0, _domain.In(0x21));
        Assert.False(_request);
    }

    [Fact]
    public void Save_and_restore_keep_requests_and_service()
    {
        _pic.SetInput(5, true);
        _pic.Acknowledge();
        _pic.SetInput(1, true);
        byte[] state = TestDomain.Save(_pic);
        TestDomain other = new();
        using I8259 copy = new(other);
        bool request = false;
        copy.RequestChanged = asserted => request = asserted;
        TestDomain.Restore(copy, state);
        Assert.True(request);
        Assert.Equal(0x21, copy.Acknowledge());
        Assert.Equal(state.Length, TestDomain.Save(copy).Length);
    }

    private void Initialize(int icw4)
    {
        foreach ((int port, int vector, int wiring) in new[] { (0x20, 0x20, 4), (0xA0, 0x28, 2) })
        {
            _domain.Out(port, 0x11);
            _domain.Out(port + 1, vector);
            _domain.Out(port + 1, wiring);
            _domain.Out(port + 1, icw4);
        }
    }

    private byte InService(int port)
    {
        _domain.Out(port, 0x0B);
        byte value = _domain.In(port);
        _domain.Out(port, 0x0A);
        return value;
    }
}
