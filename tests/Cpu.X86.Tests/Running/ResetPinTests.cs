using Dominion.Cpu.X86.Tests.Modes;

namespace Dominion.Cpu.X86.Tests.Running;

/// <summary>The RESET# pin (SDM volume 3A, 9.1).</summary>
public sealed class ResetPinTests
{
    private const byte Page = 0x20;

    [Fact]
    public void WhileItIsAssertedNothingRunsAndNothingIsKept()
    {
        using var machine = new SystemMachine(64);
        machine.Assemble(c => c.hlt());
        machine.Core.SetReset(true);
        machine.Core.SignalNmi();
        Assert.False(machine.Core.HasWork);
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(SystemMachine.Code, machine.Rip);
    }

    [Fact]
    public void ReleasedItGivesTheStateAfterPowerOn()
    {
        using var machine = new SystemMachine(64);
        machine.Core.SetReset(true);
        machine.Core.SignalNmi();
        machine.Core.SetReset(false);
        Assert.True(machine.Core.HasWork);
        machine.Core.RequestExit();
        Assert.Equal(X86ExitReason.Requested, machine.Run());
        machine.Core.Run(new X86RunLimits(0));
        ref X86State state = ref machine.State;
        Assert.Equal(0x6000_0010UL, state.Cr0);
        Assert.Equal(0xFFFF_0000UL, state.Segments[(int)X86SegmentRegister.Cs].Base);
        Assert.Equal(0xFFF0UL, state.Rip);
    }

    [Fact]
    public void AStartupMessageAfterTheReleaseIsNotLost()
    {
        using var machine = new SystemMachine(64);
        machine.Core.SetReset(true);
        machine.Core.SignalStartup(Page + 1);
        machine.Core.SetReset(false);
        machine.Core.SignalInit();
        Assert.True(machine.Core.HasWork);
        machine.Core.Run(new X86RunLimits(0));
        Assert.Equal(0xFFF0UL, machine.State.Rip);
    }
}
