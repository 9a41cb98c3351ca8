using System.Security.Cryptography;
using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Hardware;

/// <summary>Debian's standard kernel with its own drivers for hardware that PCs had: ata_piix, ahci, sr_mod, e1000, psmouse.</summary>
public class HardwareTests
{
    private const string Domain = """
        domains:
          - name: linux
            type: bare
            board: pc
            memory: 384MiB
            kernel: guests/vmlinuz-amd64
            ramdisk: guests/initrd-amd64.img
            cmdline: console=ttyS0 no_timer_check quiet
        """;

    [DebianTheory]
    [InlineData("ide: { primary-master: { disk: data }, secondary-master: { cd: disc } }", "ata_piix")]
    [InlineData("ahci: [ { disk: data }, { cd: disc } ]", "ahci")]
    public async Task A_disk_keeps_what_is_written_and_a_disc_is_read(string controller, string driver)
    {
        using ManifestFile manifest = new($"services:\n  data: {{ disk: disk.img }}\n  disc: {{ disk: disc.iso, read-only: true }}\n{Domain}\n    devices: [ {{ {controller} }} ]\n");
        File.Copy(Repository.Guest("disk.img"), manifest.InFolder("disk.img"));
        byte[] content = RandomNumberGenerator.GetBytes(1 << 20);
        File.WriteAllBytes(manifest.InFolder("disc.iso"), IsoImage.Make("FILE.BIN", content));
        string sum;
        using (GuestMachine machine = GuestMachine.Start(manifest.Path))
        {
            await machine.First.WaitForShellAsync();
            await machine.First.RunAsync("until [ -b /dev/sda ] && [ -b /dev/sr0 ]; do sleep 0.1; done");
            Assert.Contains(driver, await machine.First.RunAsync("cat /sys/class/scsi_host/host*/proc_name"));
            await machine.First.RunAsync("mount -t ext4 /dev/sda /mnt && dd if=/dev/urandom of=/mnt/random bs=64k count=64 2>/dev/null");
            sum = await machine.First.RunAsync("sha256sum < /mnt/random");
            await machine.First.RunAsync("umount /mnt && mount -t iso9660 /dev/sr0 /mnt");
            Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(content)), await machine.First.RunAsync("sha256sum < /mnt/file.bin"));
            await machine.First.PowerOffAsync();
        }

        using (GuestMachine machine = GuestMachine.Start(manifest.Path))
        {
            await machine.First.WaitForShellAsync();
            await machine.First.RunAsync("until mount -t ext4 -o ro /dev/sda /mnt 2>/dev/null; do sleep 0.1; done");
            Assert.Equal(sum, await machine.First.RunAsync("sha256sum < /mnt/random"));
            Assert.Contains("ImPS/2", await machine.First.RunAsync("cat /proc/bus/input/devices"));
            await machine.First.PowerOffAsync();
        }
    }

    [DebianTheory]
    [InlineData("noapic")]
    [InlineData("acpi=off")]
    public async Task Without_the_IO_APIC_disks_and_cards_interrupt_through_the_8259s(string option)
    {
        const string Devices = "{ ahci: [ { disk: data } ] }, { e1000: lan, mac: 00:16:3e:00:00:01 }, { e1000: lan, mac: 00:16:3e:00:00:02 }";
        using ManifestFile manifest = new($"services:\n  lan: {{ switch: {{}} }}\n  data: {{ disk: guests/disk.img, overlay: true }}\n{Domain} pci=nomsi {option}\n    devices: [ {Devices} ]\n");
        using GuestMachine machine = GuestMachine.Start(manifest.Path);
        await machine.First.WaitForShellAsync();
        await machine.First.RunAsync("until mount -t ext4 -o ro /dev/sda /mnt 2>/dev/null; do sleep 0.1; done");
        await machine.First.RunAsync("ip link set eth1 up; ip link set eth0 up; ip address add 10.0.0.1/24 dev eth0");
        await machine.First.RunAsync("until [ $(cat /sys/class/net/eth1/statistics/rx_packets) != 0 ]; do ping -c 1 -W 1 10.0.0.9 || true; done");
        string[] interrupts = (await machine.First.RunAsync("cat /proc/interrupts")).Split('\n');
        foreach (string device in (string[])["ahci", "eth0", "eth1"])
            Assert.Contains("XT-PIC", interrupts.Single(line => line.Contains(device)));
        Assert.DoesNotContain("nobody cared", machine.First.ConsoleText);
    }

    [DebianFact]
    public async Task An_e1000_and_a_virtio_card_exchange_pings_and_files()
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("e1000.yaml"));
        Assert.Equal(0, await machine.EndAsync());
        string sum = Convert.ToHexStringLower(MD5.HashData(File.ReadAllBytes(Repository.Guest("busybox"))));
        foreach (GuestDomain domain in machine.Domains)
        {
            Assert.Contains("3 packets transmitted, 3 packets received, 0% packet loss", domain.ConsoleText);
            Assert.Contains(sum, domain.ConsoleText);
        }
    }
}
