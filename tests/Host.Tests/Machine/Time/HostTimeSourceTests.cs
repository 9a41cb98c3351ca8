using Dominion.Host.Machine.Time;

namespace Dominion.Host.Tests.Machine.Time;

public sealed class HostTimeSourceTests
{
    [Fact]
    public void Time_never_goes_back_on_any_thread()
    {
        HostTimeSource time = new();
        Parallel.For(0, 4, _ =>
        {
            long last = 0;
            for (int i = 0; i < 10_000; i++)
            {
                long now = time.Now;
                Assert.True(now >= last);
                last = now;
            }
        });
    }

    [Fact]
    public void Civil_time_is_the_hosts()
    {
        long host = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
        Assert.InRange(new HostTimeSource().WallClock - host, 0, 60_000_000_000);
    }
}
