using System.Diagnostics;
using Dominion.Host.Platform;

namespace Dominion.Host.Tests.Platform;

public sealed class DeadlineWaiterTests
{
    [Fact]
    public void A_signal_before_the_wait_ends_it_once()
    {
        using DeadlineWaiter waiter = new();
        waiter.Set();
        waiter.Set();
        waiter.Wait(null);
        Stopwatch watch = Stopwatch.StartNew();
        waiter.Wait(5_000_000);
        Assert.True(watch.Elapsed >= TimeSpan.FromMilliseconds(4));
    }

    [Fact]
    public void A_signal_from_another_thread_ends_every_wait()
    {
        using DeadlineWaiter waiter = new();
        int sent = 0;
        int seen = 0;
        Thread thread = new(() =>
        {
            while (Volatile.Read(ref seen) < 5000)
            {
                waiter.Wait(null);
                Volatile.Write(ref seen, Volatile.Read(ref sent));
            }
        });
        thread.Start();
        while (sent < 5000)
        {
            Volatile.Write(ref sent, sent + 1);
            waiter.Set();
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref seen) >= sent, TimeSpan.FromSeconds(60)), "a signal was lost");
        }
        Assert.True(thread.Join(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void A_late_signal_to_a_disposed_waiter_is_dropped()
    {
        DeadlineWaiter waiter = new();
        waiter.Dispose();
        waiter.Set();
        waiter.Dispose();
    }
}
