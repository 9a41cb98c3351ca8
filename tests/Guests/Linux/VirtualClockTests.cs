using System.Globalization;
using System.Text.RegularExpressions;
using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Linux;

public class VirtualClockTests
{
    [Fact]
    public async Task Hello_runs_the_same_twice()
    {
        (string Console, long Instructions) first = await RunAsync("hello.yaml");
        Assert.Contains("Hello from a guest of Dominion.", first.Console);
        Assert.Equal(first, await RunAsync("hello.yaml"));
    }

    [DebianFact]
    public async Task Linux_runs_the_same_twice_bit_for_bit()
    {
        const string Work = "domains.linux.cmdline=console=ttyS0 no_timer_check dominion.run=\"date; sleep 100; date; cat /proc/uptime /proc/interrupts /proc/sys/kernel/random/uuid; dd if=/dev/urandom bs=1k count=4 | sha256sum\"";
        (string Console, long Instructions)[] runs = await Task.WhenAll(RunAsync("linux.yaml", Work), RunAsync("linux.yaml", Work));
        Assert.Contains("Run /init as init process", runs[0].Console);
        Assert.Contains("dominion.run: exit status 0", runs[0].Console);
        Assert.Equal(runs[0].Console, runs[1].Console);
        Assert.Equal(runs[0].Instructions, runs[1].Instructions);

        // Idle time is skipped: it passed all the same.
        DateTime[] times = [.. Regex.Matches(runs[0].Console, @"^\w+ \w+ +\d+ ([\d:]+) UTC 2025", RegexOptions.Multiline)
            .Select(match => DateTime.ParseExact(match.Groups[1].Value, "HH:mm:ss", CultureInfo.InvariantCulture))];
        Assert.Equal(2, times.Length);
        Assert.InRange(times[1] - times[0], TimeSpan.FromSeconds(99), TimeSpan.FromSeconds(101));
    }

    private static async Task<(string Console, long Instructions)> RunAsync(string manifest, params string[] overrides)
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine(manifest), ["machine.clock=virtual", .. overrides]);
        Assert.Equal(0, await machine.EndAsync());
        return (machine.First.ConsoleText, machine.First.Runtime.InstructionsRetired);
    }
}
