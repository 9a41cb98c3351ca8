using Dominion.Buses;
using Dominion.Devices.Pc.Firmware;

namespace Dominion.Devices.Pc.Tests.Firmware;

/// <summary>The ways out of a domain.</summary>
public sealed class ResetTests
{
    private readonly TestDomain _domain = new();

    [Theory]
    [InlineData(0U, 1)]
    [InlineData(16U, 33)]
    [InlineData(0x7FU, 255)]
    public void Debug_exit_ends_with_twice_the_value_plus_one(uint value, int code)
    {
        using IsaDebugExit exit = new(_domain, new IsaDebugExitOptions());
        _domain.PortSpace.Write(0xF4, AccessWidth.Dword, value, 0);
        Assert.Equal([$"exit {code}"], _domain.Controlled);
    }

    [Fact]
    public void Port_92_resets_on_the_rise_of_bit_0_and_has_A20_open()
    {
        using SystemControl port = new(_domain);
        Assert.Equal(2, _domain.In(0x92));
        _domain.Out(0x92, 0);
        Assert.Equal(2, _domain.In(0x92));
        Assert.Empty(_domain.Controlled);
        _domain.Out(0x92, 3);
        _domain.Out(0x92, 3);
        Assert.Equal(["reset"], _domain.Controlled);
    }
}
