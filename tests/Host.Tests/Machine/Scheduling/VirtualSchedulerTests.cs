using Dominion.Domains;
using Dominion.Host.Composition;
using FsCheck;
using FsCheck.Fluent;
using ITimer = Dominion.Time.ITimer;

namespace Dominion.Host.Tests.Machine.Scheduling;

public sealed class VirtualSchedulerTests
{
    [Fact]
    public async Task Time_counts_instructions_and_a_timer_expires_at_its_instruction()
    {
        using TestMachine machine = new();
        List<long> times = [];
        machine.AddDomain(
            "web",
            context =>
            {
                ITimer? timer = null;
                timer = context.Clock.CreateTimer(() =>
                {
                    times.Add(context.Clock.Now);
                    if (times.Count == 3)
                        context.Control.PowerOff("timer");
                    else
                        timer!.Schedule(context.Clock.Now + 123_456);
                });
                timer.Schedule(777);
            },
            (vcpu, budget) => vcpu.Spend(budget));

        Assert.Equal(0, await machine.RunAsync(ClockKind.Virtual));

        Assert.Equal([777, 124_233, 247_689], times);
    }

    [Fact]
    public async Task Idle_time_is_skipped()
    {
        using TestMachine machine = new();
        long hour = 3600L * 1_000_000_000;
        machine.AddDomain("web", context => context.Clock.CreateTimer(() => context.Control.PowerOff("timer")).Schedule(hour), (vcpu, _) =>
        {
            vcpu.HasWork = false;
            return VcpuStatus.Idle;
        });
        Assert.Equal(0, await machine.RunAsync(ClockKind.Virtual));
        Assert.Equal(hour, machine.Contexts[0].Clock.Now);
        Assert.Equal(new DateTimeOffset(2025, 1, 1, 1, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds() * 1_000_000_000, machine.Contexts[0].Clock.WallClock);
    }

    [Fact]
    public async Task A_guest_sees_time_pass_inside_its_turn_and_may_arm_a_timer_that_ends_it()
    {
        using TestMachine machine = new();
        ITimer? timer = null;
        long fired = -1;
        machine.AddDomain(
            "web",
            context => timer = context.Clock.CreateTimer(() =>
            {
                fired = context.Clock.Now;
                context.Control.PowerOff("timer");
            }),
            (vcpu, budget) =>
            {
                if (vcpu.Runs > 1)
                    return vcpu.Spend(budget);
                Assert.True(budget > 2000);
                vcpu.Retire(1000);
                Assert.Equal(1000, machine.Contexts[0].Clock.Now);
                timer!.Schedule(1500);
                Assert.True(vcpu.TakeExitRequest());
                return VcpuStatus.Exited;
            });
        Assert.Equal(0, await machine.RunAsync(ClockKind.Virtual));
        Assert.Equal(1500, fired);
    }

    [Fact]
    public async Task All_vcpus_take_turns()
    {
        using TestMachine machine = new();
        List<int> turns = [];
        machine.AddDomain("a", null, Program(0), Program(1));
        machine.AddDomain("b", null, Program(2));
        Assert.Equal(0, await machine.RunAsync(ClockKind.Virtual));
        Assert.Equal([0, 1, 2, 0, 1, 2], turns.Take(6));

        Func<FakeVcpu, long, VcpuStatus> Program(int id) => (vcpu, budget) =>
        {
            turns.Add(id);
            if (turns.Count >= 6)
            {
                foreach (IDomainContext context in machine.Contexts)
                    context.Control.PowerOff("test");
            }
            return vcpu.Spend(budget);
        };
    }

    [Fact]
    public void The_same_machine_runs_the_same_way_each_time()
    {
        Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), seed => Trace(seed).SequenceEqual(Trace(seed))).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Time_never_goes_back()
    {
        Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), seed =>
        {
            List<(int Id, long Now, long Budget)> trace = Trace(seed);
            return trace.Zip(trace.Skip(1)).All(pair => pair.First.Now <= pair.Second.Now);
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>Runs two domains of two vCPUs that spend, idle, post and arm timers by a seed, and gives every turn.</summary>
    private static List<(int Id, long Now, long Budget)> Trace(int seed)
    {
        using TestMachine machine = new();
        Random random = new(seed);
        List<(int Id, long Now, long Budget)> trace = [];
        List<ITimer> timers = [];
        for (int i = 0; i < 2; i++)
        {
            int domain = i;
            machine.AddDomain(
                $"d{domain}",
                context => timers.Add(context.Clock.CreateTimer(() =>
                {
                    trace.Add((100 + domain, context.Clock.Now, 0));
                    timers[domain].Schedule(context.Clock.Now + random.Next(1, 100_000));
                })),
                Program(domain, 2 * domain),
                Program(domain, (2 * domain) + 1));
        }
        machine.Create(ClockKind.Virtual);
        foreach (ITimer timer in timers)
            timer.Schedule(random.Next(1000));
        machine.Runtime!.Start();
        machine.Runtime.WaitAsync().WaitAsync(TestMachine.Limit).GetAwaiter().GetResult();
        return trace;

        Func<FakeVcpu, long, VcpuStatus> Program(int domain, int id) => (vcpu, budget) =>
        {
            IDomainContext context = machine.Contexts[domain];
            trace.Add((id, context.Clock.Now, budget));
            vcpu.Retire(random.NextInt64(1, budget + 1));
            if (trace.Count > 100)
                context.Control.PowerOff("test");
            switch (random.Next(4))
            {
                case 0:
                    timers[domain].Schedule(context.Clock.Now + random.Next(5000));
                    return VcpuStatus.Exited;
                case 1:
                    vcpu.HasWork = false;
                    context.Post(() => vcpu.Wake());
                    return VcpuStatus.Idle;
                default:
                    return VcpuStatus.Runnable;
            }
        };
    }
}
