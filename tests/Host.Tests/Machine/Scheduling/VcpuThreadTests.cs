using Dominion.Domains;
using Dominion.Host.Machine.Scheduling;

namespace Dominion.Host.Tests.Machine.Scheduling;

public sealed class VcpuThreadTests
{
    private const int WakeUps = 20_000;

    [Fact]
    public void No_wake_up_is_lost()
    {
        // The guest idles whenever it has answered; the test wakes it as soon as it has: a wake-up that is lost ends the test by its limit.
        int answered = 0;
        int asked = 0;
        using AutoResetEvent answer = new(false);
        FakeVcpu vcpu = new()
        {
            Program = (self, _) =>
            {
                self.HasWork = false;
                if (Volatile.Read(ref asked) == answered)
                    return VcpuStatus.Idle;
                answered++;
                answer.Set();
                return VcpuStatus.Idle;
            },
        };
        VcpuThread thread = new("test/0", vcpu, _ => { });
        thread.Start();
        for (int i = 0; i < WakeUps; i++)
        {
            Interlocked.Increment(ref asked);
            vcpu.Wake();
            Assert.True(answer.WaitOne(TestMachine.Limit), $"wake-up {i} was lost");
        }
        thread.Stop();
        Assert.True(thread.Join(TestMachine.Limit));
        Assert.Equal(WakeUps, answered);
    }

    [Fact]
    public void A_held_vcpu_does_not_run_until_every_hold_is_released()
    {
        int runs = 0;
        FakeVcpu vcpu = new()
        {
            Program = (self, _) =>
            {
                Interlocked.Increment(ref runs);
                return self.Loop();
            },
        };
        VcpuThread thread = new("test/0", vcpu, _ => { });
        thread.Start();
        for (int i = 0; i < 200; i++)
        {
            thread.Hold();
            thread.Hold();
            thread.WaitUntilHeld();
            Assert.False(vcpu.IsRunning);
            int before = Volatile.Read(ref runs);
            thread.Release();
            Thread.Yield();
            Assert.Equal(before, Volatile.Read(ref runs));
            thread.Release();
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref runs) > before, TestMachine.Limit));
        }
        thread.Stop();
        Assert.True(thread.Join(TestMachine.Limit));
    }

    [Fact]
    public void An_idle_vcpu_can_be_held_and_stopped()
    {
        FakeVcpu vcpu = new()
        {
            Program = (self, _) =>
            {
                self.HasWork = false;
                return VcpuStatus.Idle;
            },
        };
        VcpuThread thread = new("test/0", vcpu, _ => { });
        thread.Start();
        thread.Hold();
        thread.WaitUntilHeld();
        thread.Release();
        thread.Stop();
        Assert.True(thread.Join(TestMachine.Limit));
    }
}
