using Dominion.Diagnostics;
using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Linux;

/// <summary>A saved machine is the machine: saved again it gives the same bytes, and under virtual time it ends as if nothing had happened.</summary>
public sealed class SavedMachineTests
{
    private const string Virtio = """
        machine: { clock: virtual, memory: 640MiB }
        services: { lan: switch, disk: { disk: guests/disk.img, overlay: true }, ram: { ramdisk: 8MiB }, seed: { entropy: 7 } }
        domains:
          - name: linux
            type: bare
            board: pc
            vcpus: 2
            memory: 256MiB
            devices: [ virtio-rng: seed, virtio-blk: disk, virtio-blk: ram, virtio-net: lan, vga ]
            kernel: guests/vmlinuz-cloud
            ramdisk: guests/initrd-cloud.img
            cmdline: >-
              console=ttyS0 no_timer_check dominion.ip=10.0.0.1/24
              dominion.run="mount -t ext4 /dev/vda /mnt; for i in 1 2 3 4 5 6 7 8; do dd if=/dev/hwrng of=/mnt/$i bs=1k count=64; cp /mnt/$i /dev/vdb;
              ping -c 1 10.0.0.2; sleep 1; sha256sum /mnt/$i; date; done; sync; cat /proc/interrupts /proc/uptime"
          - name: peer
            type: bare
            board: pc
            memory: 256MiB
            devices: [ virtio-net: lan ]
            kernel: guests/vmlinuz-cloud
            ramdisk: guests/initrd-cloud.img
            cmdline: console=ttyS0 no_timer_check quiet dominion.ip=10.0.0.2/24 dominion.run="sleep 30"
        """;

    private const string Hardware = """
        machine: { clock: virtual, memory: 640MiB }
        services: { lan: switch, disk: { disk: guests/disk.img, overlay: true }, ram: { ramdisk: 8MiB } }
        domains:
          - name: linux
            type: bare
            board: pc
            memory: 512MiB
            devices: [ ahci: [ { disk: disk } ], ide: { primary-master: { disk: ram } }, e1000: lan, vga ]
            kernel: guests/vmlinuz-amd64
            ramdisk: guests/initrd-amd64.img
            cmdline: >-
              console=ttyS0 no_timer_check dominion.ip=10.0.0.1/24
              dominion.run="until [ -b /dev/sda ]; do sleep 0.1; done; mount -t ext4 /dev/sda /mnt; for i in 1 2 3 4 5 6 7 8; do
              dd if=/dev/urandom of=/mnt/$i bs=1k count=64; arping -c 1 -w 1 10.0.0.2; sleep 1; sha256sum /mnt/$i; date; done; cat /proc/interrupts /proc/uptime"
        """;

    private const int Rounds = 3;

    public static TheoryData<string> Machines => [Virtio, Hardware];

    [DebianTheory]
    [MemberData(nameof(Machines))]
    public async Task Saved_again_it_is_the_same_file_and_it_ends_as_without(string text)
    {
        using ManifestFile manifest = new(text);
        (string Console, string Outcome) whole;
        using (GuestMachine machine = GuestMachine.Start(manifest.Path))
        {
            await machine.EndAsync();
            whole = (machine.First.ConsoleText, await DescribeAsync(machine));
        }
        Assert.Contains("exit status 0", whole.Console);

        GuestMachine current = GuestMachine.Start(manifest.Path);
        string console = "";
        try
        {
            // Virtual time waits for nobody: on a busy host the last moments may come after the end.
            for (int i = 0; i < Rounds && !current.First.Runtime.HasEnded; i++)
            {
                await current.First.ExpectAsync(i == 0 ? "Linux version" : "\n");
                string file = manifest.InFolder($"{i}.dominion");
                if (!await TrySaveAsync(current, file))
                    break;
                console += current.First.ConsoleText;
                current.Dispose();

                current = GuestMachine.Restore(file);
                string again = manifest.InFolder($"{i}-again.dominion");
                using (GuestMachine copy = GuestMachine.Restore(file, start: false))
                    await copy.Runtime.SaveAsync(again);
                AssertSameFile(file, again);
            }
            await current.EndAsync();
            console += current.First.ConsoleText;
            Assert.True(File.Exists(manifest.InFolder("0-again.dominion")));
            Assert.Equal(whole, (console, await DescribeAsync(current)));
        }
        finally
        {
            current.Dispose();
        }
    }

    private static async Task<bool> TrySaveAsync(GuestMachine machine, string file)
    {
        try
        {
            return await machine.Runtime.SaveAsync(file, stop: true);
        }
        catch (DiagnosticException ended) when (ended.Diagnostic.Id == "DOM5112")
        {
            return false;
        }
    }

    private static void AssertSameFile(string file, string again)
    {
        byte[] first = File.ReadAllBytes(file);
        byte[] second = File.ReadAllBytes(again);
        Assert.Equal(first.Length, second.Length);
        Assert.Equal(first.Length, first.AsSpan().CommonPrefixLength(second));
    }

    private static async Task<string> DescribeAsync(GuestMachine machine)
    {
        List<string> domains = [];
        foreach (GuestDomain domain in machine.Domains)
            domains.Add($"{domain.Runtime.Name}: {string.Join("+", domain.Runtime.InstructionsByVcpu)} {Convert.ToHexStringLower(await machine.Runtime.HashMemoryAsync(domain.Runtime))}");
        return string.Join('\n', domains);
    }
}
