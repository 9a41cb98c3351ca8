using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Paravirt;

/// <summary>Backends work on the machine's one thread under virtual time, so that two runs are equal.</summary>
public class PvVirtualClockTests
{
    private const string Manifest = """
        machine: { clock: virtual }
        services:
          data: { ramdisk: 8MiB }
          lan: switch
        domains:
          - name: left
            type: pv
            memory: 192MiB
            devices: [ { vbd: data }, { vif: lan } ]
            kernel: guests/vmlinuz-cloud
            ramdisk: guests/initrd-cloud.img
            cmdline: >-
              console=hvc0 quiet dominion.ip=10.0.0.1/24
              dominion.run="seq 1 200000 | dd of=/dev/xvda bs=64k conv=fsync; echo 3 > /proc/sys/vm/drop_caches; dd if=/dev/xvda bs=64k | md5sum; until ping -c 1 -W 1 10.0.0.2; do sleep 1; done; ping -c 2 10.0.0.2; sleep 5"
          - name: right
            type: pv
            memory: 192MiB
            devices: [ { vif: lan } ]
            kernel: guests/vmlinuz-cloud
            ramdisk: guests/initrd-cloud.img
            cmdline: >-
              console=hvc0 quiet dominion.ip=10.0.0.2/24
              dominion.run="until ping -c 1 -W 1 10.0.0.1; do sleep 1; done; sleep 5"
        """;

    [DebianFact]
    public async Task A_disk_and_a_network_run_the_same_twice_bit_for_bit()
    {
        (string Console, long Instructions)[] first = await RunAsync();
        Assert.Contains("2 packets transmitted, 2 packets received, 0% packet loss", first[0].Console);
        Assert.Equal(first, await RunAsync());
    }

    private static async Task<(string Console, long Instructions)[]> RunAsync()
    {
        using ManifestFile manifest = new(Manifest);
        using GuestMachine machine = GuestMachine.Start(manifest.Path);
        Assert.Equal(0, await machine.EndAsync());
        return [.. machine.Domains.Select(domain => (domain.ConsoleText, domain.Runtime.InstructionsRetired))];
    }
}
