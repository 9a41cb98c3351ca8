using Dominion.Devices;
using Dominion.Diagnostics;
using Dominion.Domains;
using Dominion.Host.Composition;
using Dominion.Host.Machine.Domains;
using Dominion.Persistence;
using Dominion.Plugins;
using Dominion.Services;
using Moq;

namespace Dominion.Host.Tests.Machine;

public sealed class MachineRuntimeTests : IDisposable
{
    private readonly TestMachine _machine = new();

    public static TheoryData<ClockKind> Clocks => new(ClockKind.Host, ClockKind.Virtual);

    public void Dispose() => _machine.Dispose();

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_machine_whose_domains_power_off_ends_with_0(ClockKind clock)
    {
        AddDomainThat(control => control.PowerOff("acpi"));
        AddDomainThat(control => control.Exit("debug-exit", 0));

        Assert.Equal(0, await _machine.RunAsync(clock));

        Assert.Equal(DomainState.PoweredOff, _machine.First.State);
        Assert.Equal("powered off by acpi", _machine.First.Reason);
        foreach (Mock<IDomain> domain in _machine.Domains)
            domain.Verify(d => d.Reset(), Times.Once);
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_guests_exit_code_is_a_crash(ClockKind clock)
    {
        AddDomainThat(control => control.PowerOff("acpi"));
        AddDomainThat(control => control.Exit("debug-exit", 3));

        Assert.Equal(1, await _machine.RunAsync(clock));

        Assert.Equal("ended with code 3 by debug-exit", _machine.Runtime!.Domains[1].Reason);
        Assert.Equal(DomainState.PoweredOff, _machine.First.State);
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_defect_on_a_vcpus_thread_crashes_its_domain_alone(ClockKind clock)
    {
        _machine.AddDomain("bad", null, (_, _) => throw new InvalidOperationException("boom"));
        AddDomainThat(control => control.PowerOff("acpi"));

        Assert.Equal(1, await _machine.RunAsync(clock));

        Assert.Equal(DomainState.Crashed, _machine.First.State);
        Assert.Contains("vCPU 0 failed", _machine.First.Reason);
        Assert.Contains("boom", _machine.First.Reason);
        Assert.Equal(DomainState.PoweredOff, _machine.Runtime!.Domains[1].State);
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_defect_in_a_posted_action_crashes_its_domain(ClockKind clock)
    {
        _machine.AddDomain("bad", context => context.Post(() => throw new InvalidOperationException("posted")), Idle);
        Assert.Equal(1, await _machine.RunAsync(clock));
        Assert.Contains("posted", _machine.First.Reason);
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_defect_in_a_timer_crashes_its_domain(ClockKind clock)
    {
        _machine.AddDomain("bad", context => context.Clock.CreateTimer(() => throw new InvalidOperationException("ticked")).Schedule(1000), Idle);
        Assert.Equal(1, await _machine.RunAsync(clock));
        Assert.Contains("ticked", _machine.First.Reason);
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_dead_vcpu_keeps_the_reason_that_the_domain_gave(ClockKind clock)
    {
        _machine.AddDomain("dead", null, (_, _) =>
        {
            _machine.Contexts[0].Crash("triple fault");
            return VcpuStatus.Dead;
        });
        Assert.Equal(1, await _machine.RunAsync(clock));
        Assert.Equal("triple fault", _machine.First.Reason);
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_vcpu_that_dies_without_a_word_crashes_its_domain(ClockKind clock)
    {
        _machine.AddDomain("dead", null, (_, _) => VcpuStatus.Dead);
        Assert.Equal(1, await _machine.RunAsync(clock));
        Assert.Equal("vCPU 0 cannot go on", _machine.First.Reason);
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_domain_that_resets_itself_starts_again(ClockKind clock)
    {
        int boots = 0;
        bool booted = false;
        _machine.AddDomain("web", null, (vcpu, budget) =>
        {
            if (booted)
                return vcpu.Spend(budget);
            booted = true;
            IDomainControl control = _machine.Contexts[0].Control;
            if (++boots < 3)
                control.Reset("kbd");
            else
                control.PowerOff("acpi");
            return vcpu.Spend(budget);
        });
        _machine.Domains[0].Setup(d => d.Reset()).Callback(() => booted = false);

        Assert.Equal(0, await _machine.RunAsync(clock));

        Assert.Equal(3, boots);
        _machine.Domains[0].Verify(d => d.Reset(), Times.Exactly(3));
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_reset_that_fails_crashes_the_domain(ClockKind clock)
    {
        int resets = 0;
        AddDomainThat(control => control.Reset("kbd"));
        _machine.Domains[0].Setup(d => d.Reset()).Callback(() =>
        {
            if (++resets == 2)
                throw new DiagnosticException("DOM1", "the kernel has gone");
        });
        Assert.Equal(1, await _machine.RunAsync(clock));
        Assert.Contains("the kernel has gone", _machine.First.Reason);
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_paused_domain_neither_runs_nor_ages(ClockKind clock)
    {
        FakeVcpu? running = null;
        using ManualResetEventSlim ran = new();
        _machine.AddDomain("web", null, (vcpu, budget) =>
        {
            running = vcpu;
            ran.Set();
            return clock == ClockKind.Host ? vcpu.Loop() : vcpu.Spend(budget);
        });
        _machine.Create(clock);
        _machine.Runtime!.Start();
        Assert.True(ran.Wait(TestMachine.Limit));

        Assert.True(await _machine.First.PauseAsync().WaitAsync(TestMachine.Limit));
        Assert.False(await _machine.First.PauseAsync().WaitAsync(TestMachine.Limit));
        Assert.Equal(DomainState.Paused, _machine.First.State);
        Assert.False(running!.IsRunning);
        int runs = running.Runs;
        long now = _machine.Contexts[0].Clock.Now;
        for (int i = 0; i < 1000; i++)
            Thread.Yield();
        Assert.Equal(runs, running.Runs);
        Assert.Equal(now, _machine.Contexts[0].Clock.Now);

        ran.Reset();
        Assert.True(await _machine.First.UnpauseAsync().WaitAsync(TestMachine.Limit));
        Assert.True(ran.Wait(TestMachine.Limit));
        Assert.True(await _machine.First.DestroyAsync().WaitAsync(TestMachine.Limit));
        Assert.Equal(0, await _machine.Runtime.WaitAsync().WaitAsync(TestMachine.Limit));
        Assert.Equal(DomainState.Destroyed, _machine.First.State);
        Assert.False(await _machine.First.UnpauseAsync().WaitAsync(TestMachine.Limit));
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_paused_domain_is_saved_and_restored(ClockKind clock)
    {
        _machine.AddDomain("web", null, (vcpu, budget) => clock == ClockKind.Host ? vcpu.Loop() : vcpu.Spend(budget));
        _machine.Create(clock);
        _machine.First.Console.Type("typed"u8);
        _machine.Runtime!.Start();
        using MemoryStream state = new();
        Assert.False(await _machine.First.SaveAsync(new StateWriter(state)).WaitAsync(TestMachine.Limit));
        await _machine.First.PauseAsync().WaitAsync(TestMachine.Limit);
        long now = _machine.Contexts[0].Clock.Now;
        Assert.True(await _machine.First.SaveAsync(new StateWriter(state)).WaitAsync(TestMachine.Limit));
        await _machine.First.UnpauseAsync().WaitAsync(TestMachine.Limit);
        await _machine.First.PauseAsync().WaitAsync(TestMachine.Limit);

        state.Position = 0;
        Assert.True(await _machine.First.RestoreAsync(new StateReader(state)).WaitAsync(TestMachine.Limit));
        Assert.Equal(now, _machine.Contexts[0].Clock.Now);
        Assert.Equal(5, _machine.First.Console.Waiting);

        state.SetLength(state.Length - 1);
        state.Position = 0;
        await Assert.ThrowsAsync<InvalidDataException>(() => _machine.First.RestoreAsync(new StateReader(state)).WaitAsync(TestMachine.Limit));
        Assert.Equal(DomainState.Crashed, _machine.First.State);
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task Changes_of_state_are_told_in_order(ClockKind clock)
    {
        List<DomainState> states = [];
        AddDomainThat(control => control.PowerOff("acpi"));
        _machine.Create(clock);
        _machine.First.StateChanged += (_, state) =>
        {
            states.Add(state);
            throw new InvalidOperationException("a bad handler");
        };
        _machine.Runtime!.Start();
        await _machine.Runtime.WaitAsync().WaitAsync(TestMachine.Limit);
        Assert.Equal([DomainState.Running, DomainState.PoweredOff], states);
    }

    [Fact]
    public void Every_service_that_fails_is_told_and_the_others_are_disposed()
    {
        Mock<IDisposable> good = new();
        _machine.AddService("good", _ => good.Object);
        _machine.AddService("bad", _ => throw new DiagnosticException("DOM7001", "no such file"));
        _machine.AddService("worse", _ => throw new FormatException("oops"));
        AddDomainThat(control => control.PowerOff("acpi"));

        Assert.Null(_machine.Create(ClockKind.Host));

        Assert.Equal(["DOM7001", "DOM5002"], _machine.Diagnostics.Select(d => d.Id));
        Assert.Contains("FormatException: oops", _machine.Diagnostics[1].Message);
        good.Verify(g => g.Dispose(), Times.Once);
        Assert.Empty(_machine.Contexts);
    }

    [Fact]
    public void Every_domain_that_fails_is_told_and_the_others_are_disposed()
    {
        AddDomainThat(control => control.PowerOff("acpi"));
        _machine.AddDomain("bad", _ => throw new DiagnosticException("DOM8001", "no kernel"), Idle);
        _machine.AddDomain("worse", _ => throw new FormatException("oops"), Idle);

        Assert.Null(_machine.Create(ClockKind.Virtual));

        Assert.Equal(["DOM8001", "DOM5003"], _machine.Diagnostics.Select(d => d.Id));
        _machine.Domains[0].Verify(d => d.Dispose(), Times.Once);
    }

    [Fact]
    public void A_domain_that_crashes_while_it_is_made_is_taken_down_all_the_same()
    {
        _machine.AddDomain("bad", context =>
        {
            context.Crash("early");
            throw new DiagnosticException("DOM8001", "no kernel");
        });
        Assert.Null(_machine.Create(ClockKind.Host));
        Assert.Equal(["DOM8001"], _machine.Diagnostics.Select(d => d.Id));
    }

    [Fact]
    public void Services_are_found_by_name_and_contract_and_the_console_is_one()
    {
        INetworkSegment segment = Mock.Of<INetworkSegment>();
        _machine.AddService("lan0", _ => segment);
        _machine.AddDomain("web", null, Idle);
        _machine.Create(ClockKind.Host);
        IDomainContext context = _machine.Contexts[0];

        Assert.Same(segment, context.GetService(new ServiceReference<INetworkSegment>("lan0")));
        Assert.Same(context.Console, context.GetService(new ServiceReference<ICharacterStream>("console")));
        Assert.Equal("DOM5004", Assert.Throws<DiagnosticException>(() => context.GetService(new ServiceReference<IBlockStore>("lan0"))).Diagnostic.Id);
        Assert.Equal("DOM5004", Assert.Throws<DiagnosticException>(() => context.GetService(new ServiceReference<IBlockStore>("none"))).Diagnostic.Id);
        Assert.Equal("DOM5005", Assert.Throws<DiagnosticException>(context.CreateBoard).Diagnostic.Id);
    }

    [Fact]
    public void A_machine_takes_its_parts_down_last_made_first_and_gives_frames_back()
    {
        List<string> order = [];
        _machine.AddService("a", _ => Disposable("service a"));
        _machine.AddService("b", _ => Disposable("service b"));
        _machine.AddDomain("web", context => Assert.True(context.MachineMemory.TryAllocate(0, 5, out _)), Idle);
        _machine.AddDomain("db", null, Idle);
        _machine.Domains[0].Setup(d => d.Dispose()).Callback(() => order.Add("web"));
        _machine.Domains[1].Setup(d => d.Dispose()).Callback(() => order.Add("db")).Throws(new InvalidOperationException("bad"));
        _machine.Create(ClockKind.Host);
        _machine.Runtime!.Start();

        _machine.Runtime.Dispose();

        Assert.Equal(["db", "web", "service b", "service a"], order);
        Assert.All(_machine.Runtime.Domains, domain => Assert.Equal(DomainState.Destroyed, domain.State));

        IDisposable Disposable(string name)
        {
            Mock<IDisposable> mock = new();
            mock.Setup(m => m.Dispose()).Callback(() => order.Add(name));
            return mock.Object;
        }
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task What_is_typed_wakes_a_machine_that_waits(ClockKind clock)
    {
        _machine.AddDomain(
            "web",
            context => context.Console.Connect(new PowerOffReceiver(context.Control), context.Post),
            Idle);
        _machine.Create(clock);
        _machine.Runtime!.Start();
        _machine.First.Console.Type("x"u8);
        Assert.Equal(0, await _machine.Runtime.WaitAsync().WaitAsync(TestMachine.Limit));
        Assert.Equal("powered off by typing", _machine.First.Reason);
    }

    private static VcpuStatus Idle(FakeVcpu vcpu, long budget)
    {
        vcpu.HasWork = false;
        return VcpuStatus.Idle;
    }

    private void AddDomainThat(Action<IDomainControl> act)
    {
        int index = _machine.Domains.Count;
        bool acted = false;
        _machine.AddDomain($"d{index}", null, (vcpu, budget) =>
        {
            if (!acted)
                act(_machine.Contexts[index].Control);
            acted = true;
            return vcpu.Spend(budget);
        });
    }

    private sealed class PowerOffReceiver(IDomainControl control) : ICharacterReceiver
    {
        public int Receive(ReadOnlySpan<byte> bytes)
        {
            control.PowerOff("typing");
            return bytes.Length;
        }
    }
}
