using Dominion.Cpu.X86;
using Dominion.Domains;
using Dominion.FullVirt.Bare;
using Moq;

namespace Dominion.FullVirt.Tests.Bare;

public sealed class BareVcpuTests : IDisposable
{
    private readonly BareFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    private FakeCore Core => _fixture.Cores[1];

    private BareVcpu Vcpu(TripleFaultAction action = TripleFaultAction.Crash) => new(Core, _fixture.Context.Object, action);

    [Theory]
    [InlineData(X86ExitReason.Budget, VcpuStatus.Runnable)]
    [InlineData(X86ExitReason.Halted, VcpuStatus.Idle)]
    [InlineData(X86ExitReason.Requested, VcpuStatus.Exited)]
    public void Exit_reasons_become_the_schedulers_words(X86ExitReason reason, VcpuStatus expected)
    {
        Core.NextExit = reason;
        Assert.Equal(expected, Vcpu().Run(1234));
        Assert.Equal(1234, Core.LastBudget);
        _fixture.Context.Verify(c => c.Crash(It.IsAny<string>()), Times.Never);
    }

    [Fact]
    public void Triple_fault_crashes_the_domain_with_its_registers()
    {
        Core.NextExit = X86ExitReason.Shutdown;
        Core.State.Rip = 0xabc;
        Assert.Equal(VcpuStatus.Dead, Vcpu().Run(1));
        _fixture.Context.Verify(c => c.Crash("vCPU 1: triple fault\nrip=abc"), Times.Once);
    }

    [Fact]
    public void Triple_fault_resets_the_domain_when_asked_to()
    {
        Core.NextExit = X86ExitReason.Shutdown;
        Assert.Equal(VcpuStatus.Idle, Vcpu(TripleFaultAction.Reset).Run(1));
        _fixture.Control.Verify(c => c.Reset("vcpu1"), Times.Once);
        _fixture.Context.Verify(c => c.Crash(It.IsAny<string>()), Times.Never);
    }

    [Fact]
    public void Unasked_intercept_crashes_the_domain()
    {
        Core.NextExit = X86ExitReason.Intercepted;
        Assert.Equal(VcpuStatus.Dead, Vcpu().Run(1));
        _fixture.Context.Verify(c => c.Crash(It.Is<string>(s => s.Contains("intercepts nothing"))), Times.Once);
    }

    [Fact]
    public void Waking_and_requests_pass_through()
    {
        BareVcpu vcpu = Vcpu();
        int woken = 0;
        Action handler = () => woken++;
        vcpu.Woken += handler;
        Core.Wake();
        vcpu.Woken -= handler;
        Core.Wake();
        Assert.Equal(1, woken);
        vcpu.RequestExit();
        Assert.Contains("exit", Core.Calls);
        Core.HasWork = true;
        Assert.True(vcpu.HasWork);
        Assert.Equal(42, vcpu.InstructionsRetired);
    }
}
