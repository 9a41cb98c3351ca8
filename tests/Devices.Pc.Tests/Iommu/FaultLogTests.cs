namespace Dominion.Devices.Pc.Tests.Iommu;

/// <summary>Fault status, recording registers and the fault event (Intel VT-d, 7.2 and 10.4.9 to 10.4.14).</summary>
public class FaultLogTests
{
    private const uint Overflow = 1;
    private const uint Pending = 2;
    private const uint Mask = 1U << 31;
    private const uint InterruptPending = 1 << 30;
    private readonly IommuMachine _machine = new();

    public FaultLogTests()
    {
        _machine.EnableTranslation();
    }

    [Fact]
    public void The_capability_says_where_and_how_many_records_there_are()
    {
        ulong capability = _machine.GetWide(8);
        Assert.Equal(0x220U, (uint)((capability >> 24) & 0x3FF) * 16);
        Assert.Equal(8U, (uint)((capability >> 40) & 0xFF) + 1);
        Assert.Equal(Mask, _machine.Get(IommuMachine.FaultControl));
    }

    [Fact]
    public void A_fault_sends_the_event_once_until_it_is_served()
    {
        _machine.EnableFaultEvent();
        Fault();
        Fault();
        Assert.Equal([(0xFEE0_1000UL, IommuMachine.EventData)], _machine.Domain.Sent);
        Assert.Equal(Pending, _machine.Get(IommuMachine.FaultStatus));
        _machine.ClearFault(0);
        Assert.Equal(Pending, _machine.Get(IommuMachine.FaultStatus) & Pending);
        _machine.ClearFault(1);
        Assert.Equal(0U, _machine.Get(IommuMachine.FaultStatus));
        Fault();
        Assert.Equal(2, _machine.Domain.Sent.Count);
        Assert.Equal(Pending | (2 << 8), _machine.Get(IommuMachine.FaultStatus));
    }

    [Fact]
    public void A_masked_event_waits()
    {
        _machine.EnableFaultEvent();
        _machine.Set(IommuMachine.FaultControl, Mask);
        Fault();
        Assert.Empty(_machine.Domain.Sent);
        Assert.Equal(Mask | InterruptPending, _machine.Get(IommuMachine.FaultControl));
        _machine.Set(IommuMachine.FaultControl, 0);
        Assert.Single(_machine.Domain.Sent);
        Assert.Equal(0U, _machine.Get(IommuMachine.FaultControl));
    }

    [Fact]
    public void A_served_fault_takes_its_waiting_event_back()
    {
        Fault();
        _machine.ClearFault();
        Assert.Equal(Mask, _machine.Get(IommuMachine.FaultControl));
        _machine.Set(IommuMachine.FaultControl, 0);
        Assert.Empty(_machine.Domain.Sent);
    }

    [Fact]
    public void More_faults_than_records_overflow_and_are_lost()
    {
        for (int i = 0; i < 9; i++)
            Fault();
        Assert.Equal(Overflow | Pending, _machine.Get(IommuMachine.FaultStatus));
        for (int i = 0; i < 8; i++)
            _machine.ClearFault(i);
        Assert.Equal(Overflow, _machine.Get(IommuMachine.FaultStatus));
        Fault();
        Assert.Equal(Overflow, _machine.Get(IommuMachine.FaultStatus));
        _machine.Set(IommuMachine.FaultStatus, Overflow);
        Fault();
        Assert.Equal(Pending, _machine.Get(IommuMachine.FaultStatus));
    }

    [Fact]
    public void The_events_message_has_an_upper_address()
    {
        _machine.EnableFaultEvent();
        _machine.Set(IommuMachine.FaultControl + 12, 0x100);
        Fault();
        Assert.Equal([(0x0000_0100_FEE0_1000UL, IommuMachine.EventData)], _machine.Domain.Sent);
    }

    private void Fault() => Assert.False(_machine.Memory.TryRead(0x5000, new byte[1]));
}
