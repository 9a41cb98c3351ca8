using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Linux;

public class NetworkTests
{
    [DebianFact]
    public async Task Two_domains_on_a_switch_ping_each_other()
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("two-domains.yaml"));
        Assert.Equal(0, await machine.EndAsync());
        foreach (GuestDomain domain in machine.Domains)
            Assert.Contains("3 packets transmitted, 3 packets received, 0% packet loss", domain.ConsoleText);
    }

    [DebianFact]
    public async Task A_file_goes_over_the_switch_unharmed()
    {
        using GuestMachine machine = GuestMachine.Start(
            Repository.Machine("two-domains.yaml"),
            "domains.left.cmdline=console=ttyS0 no_timer_check quiet dominion.ip=10.0.0.1/24",
            "domains.right.cmdline=console=ttyS0 no_timer_check quiet dominion.ip=10.0.0.2/24");
        GuestDomain left = machine.Domains[0];
        GuestDomain right = machine.Domains[1];
        await left.WaitForShellAsync();
        await right.WaitForShellAsync();
        Assert.Contains("00:16:3e:00:00:01", await left.RunAsync("cat /sys/class/net/eth0/address"));
        await left.RunAsync("dd if=/dev/urandom of=/tmp/file bs=64k count=64 2>/dev/null");
        string sent = await left.RunAsync("sha256sum < /tmp/file");
        await right.RunAsync("nc -l -p 7000 > /tmp/file & true");
        await right.RunAsync("until netstat -ltn | grep -q 7000; do sleep 0.1; done");
        await left.RunAsync("nc 10.0.0.2 7000 < /tmp/file");
        await right.RunAsync("wait");
        Assert.Equal(sent, await right.RunAsync("sha256sum < /tmp/file"));
        await left.PowerOffAsync();
        await right.PowerOffAsync();
    }
}
