using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Paravirt;

/// <summary>Network interfaces of paravirtual domains, driven by Debian's xen-netfront, against each other and against an emulated card.</summary>
public class PvNetworkTests
{
    private const string Quiet = "console=hvc0 quiet dominion.ip=10.0.0.1/24";
    private const string QuietBare = "console=ttyS0 no_timer_check quiet dominion.ip=10.0.0.2/24";

    [DebianFact]
    public async Task A_paravirtual_and_a_bare_domain_ping_each_other_and_fetch_a_file()
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("pv-network.yaml"));
        Assert.Equal(0, await machine.EndAsync());
        string[] sums = new string[2];
        for (int i = 0; i < 2; i++)
        {
            string text = machine.Domains[i].ConsoleText;
            Assert.Contains("3 packets transmitted, 3 packets received, 0% packet loss", text);
            sums[i] = text.Split('\n').Select(line => line.Trim()).First(line => line.EndsWith("  -", StringComparison.Ordinal));
        }

        Assert.Equal(sums[0], sums[1]);
    }

    [DebianTheory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public async Task A_large_transfer_over_tcp_arrives_unharmed_either_way(int from, int to)
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("pv-network.yaml"), $"domains.pv.cmdline={Quiet}", $"domains.bare.cmdline={QuietBare}");
        await TransferAsync(machine.Domains[from], machine.Domains[to], $"10.0.0.{to + 1}");
    }

    [DebianFact]
    public async Task Two_paravirtual_domains_talk_to_each_other()
    {
        using ManifestFile manifest = new("""
            services:
              lan: switch
            domains:
              - name: left
                type: pv
                memory: 192MiB
                devices: [ { vif: lan } ]
                kernel: guests/vmlinuz-cloud
                ramdisk: guests/initrd-cloud.img
                cmdline: console=hvc0 quiet dominion.ip=10.0.0.1/24
              - name: right
                type: pv
                memory: 192MiB
                vcpus: 2
                devices: [ { vif: lan } ]
                kernel: guests/vmlinuz-cloud
                ramdisk: guests/initrd-cloud.img
                cmdline: console=hvc0 quiet dominion.ip=10.0.0.2/24
            """);
        using GuestMachine machine = GuestMachine.Start(manifest.Path);
        await TransferAsync(machine.Domains[0], machine.Domains[1], "10.0.0.2");
    }

    private static async Task TransferAsync(GuestDomain from, GuestDomain to, string address)
    {
        await from.WaitForShellAsync();
        await to.WaitForShellAsync();
        await from.RunAsync($"until ping -c 1 -W 1 {address} > /dev/null; do sleep 1; done");
        await from.RunAsync("dd if=/dev/urandom of=/tmp/file bs=64k count=128 2>/dev/null");
        string sent = await from.RunAsync("sha256sum < /tmp/file");
        await to.RunAsync("nc -l -p 7000 > /tmp/file & true");
        await to.RunAsync("until netstat -ltn | grep -q 7000; do sleep 0.1; done");
        await from.RunAsync($"nc {address} 7000 < /tmp/file");
        await to.RunAsync("wait");
        Assert.Equal(sent, await to.RunAsync("sha256sum < /tmp/file"));
        await from.PowerOffAsync();
        await to.PowerOffAsync();
    }
}
