using System.Globalization;
using System.Text.RegularExpressions;
using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Linux;

public class VirtualClockTests
{
    [Fact]
    public async Task Hello_runs_the_same_twice()
    {
        (string Console, string Instructions, string Memory) first = await RunAsync("hello.yaml");
        Assert.Contains("Hello from a guest of Dominion.", first.Console);
        Assert.Equal(first, await RunAsync("hello.yaml"));
    }

    [DebianTheory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Linux_runs_the_same_twice_bit_for_bit(int vcpus)
    {
        string vcpuCount = $"domains.linux.vcpus={vcpus}";
        const string Work = "domains.linux.cmdline=console=ttyS0 no_timer_check dominion.run=\"date; sleep 100; date; cat /proc/uptime /proc/interrupts /proc/sys/kernel/random/uuid; dd if=/dev/urandom bs=1k count=4 | sha256sum\"";
        (string Console, string Instructions, string Memory)[] runs = await Task.WhenAll(RunAsync("linux.yaml", Work, vcpuCount), RunAsync("linux.yaml", Work, vcpuCount));
        Assert.Contains("Run /init as init process", runs[0].Console);
        Assert.Contains("dominion.run: exit status 0", runs[0].Console);
        Assert.Equal(runs[0].Console, runs[1].Console);
        Assert.Equal(runs[0].Instructions, runs[1].Instructions);
        Assert.Equal(runs[0].Memory, runs[1].Memory);
        Assert.Equal(vcpus, runs[0].Instructions.Split('+').Length);

        // Idle time is skipped: it passed all the same.
        DateTime[] times = [.. Regex.Matches(runs[0].Console, @"^\w+ \w+ +\d+ ([\d:]+) UTC 2025", RegexOptions.Multiline)
            .Select(match => DateTime.ParseExact(match.Groups[1].Value, "HH:mm:ss", CultureInfo.InvariantCulture))];
        Assert.Equal(2, times.Length);
        Assert.InRange(times[1] - times[0], TimeSpan.FromSeconds(99), TimeSpan.FromSeconds(101));
    }

    private static async Task<(string Console, string Instructions, string Memory)> RunAsync(string manifest, params string[] overrides)
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine(manifest), ["machine.clock=virtual", .. overrides]);
        Assert.Equal(0, await machine.EndAsync());
        string memory = Convert.ToHexStringLower(await machine.Runtime.HashMemoryAsync(machine.First.Runtime));
        return (machine.First.ConsoleText, string.Join('+', machine.First.Runtime.InstructionsByVcpu), memory);
    }
}
