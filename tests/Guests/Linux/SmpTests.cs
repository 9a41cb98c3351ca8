using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Linux;

/// <summary>Linux on several vCPUs.</summary>
public class SmpTests
{
    [DebianTheory]
    [InlineData("linux.yaml", "x86-64-v2")]
    [InlineData("smp.yaml", "x86-64-v2")]
    [InlineData("smp.yaml", "epyc-milan")]
    public async Task All_vcpus_come_up(string manifest, string model)
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine(manifest), "domains[0].vcpus=4", $"machine.cpu.model={model}");
        await machine.First.WaitForShellAsync();
        Assert.Equal("4\n", await machine.First.RunAsync("nproc"));
        Assert.Equal("4\n", await machine.First.RunAsync("grep -c ^processor /proc/cpuinfo"));
        await machine.First.PowerOffAsync();
    }

    [DebianFact]
    public async Task A_vcpu_goes_and_comes_back_under_load()
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("smp.yaml"));
        await machine.First.WaitForShellAsync();
        await machine.First.RunAsync("for i in 1 2 3 4 5; do while :; do :; done & done");
        for (int i = 1; i < 4; i++)
        {
            string online = $"/sys/devices/system/cpu/cpu{i}/online";
            for (int round = 0; round < 2; round++)
            {
                await machine.First.RunAsync($"echo 0 > {online}");
                Assert.Equal("3\n", await machine.First.RunAsync("nproc"));
                await machine.First.RunAsync($"echo 1 > {online}");
                Assert.Equal("4\n", await machine.First.RunAsync("nproc"));
            }
        }

        Assert.Equal("", await machine.First.RunAsync("dmesg | grep -iE 'BUG:|WARNING:|soft lockup|rcu.*stall' || :"));
        await machine.First.PowerOffAsync();
    }

    [DebianTheory]
    [InlineData("host")]
    [InlineData("virtual")]
    public async Task An_idle_guest_waits_by_mwait_and_does_not_spin(string clock)
    {
        using GuestMachine machine = GuestMachine.Start(
            Repository.Machine("smp.yaml"), "machine.cpu.model=icelake-server", $"machine.clock={clock}", "domains[0].cmdline=console=ttyS0 intel_idle.max_cstate=0");
        await machine.First.WaitForShellAsync();
        Assert.Contains("using mwait in idle threads", await machine.First.RunAsync("dmesg"));
        Assert.Equal("4\n", await machine.First.RunAsync("nproc"));
        long before = machine.First.Runtime.InstructionsRetired;
        await machine.First.RunAsync("sleep 10");
        Assert.InRange(machine.First.Runtime.InstructionsRetired - before, 0, 300_000_000);

        // A store to the idle task's flags wakes the other vCPU: work goes to all four.
        Assert.Equal("4\n", await machine.First.RunAsync("for i in 0 1 2 3; do taskset -c $i sh -c 'sleep 0.1; cut -d\" \" -f39 /proc/self/stat' & done | sort -u | wc -l"));
        await machine.First.PowerOffAsync();
    }
}
