using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Hardware;

/// <summary>Debian's standard kernel behind an IOMMU: its drivers reach memory and interrupt by the tables that it keeps.</summary>
public class IommuTests
{
    [DebianTheory]
    [InlineData("intel-iommu", "x2apic")]
    [InlineData("{ intel-iommu: , eim: false }", "xapic")]
    public async Task Disks_and_cards_work_through_remapping(string iommu, string mode)
    {
        using ManifestFile manifest = new($$"""
            services:
              lan: { switch: {} }
              first: { disk: guests/disk.img, overlay: true }
              second: { disk: guests/disk.img, overlay: true }
            domains:
              - name: linux
                type: bare
                board: pc
                memory: 384MiB
                vcpus: 2
                slots: { iommu: {{iommu}} }
                devices: [ { ahci: [ { disk: first } ] }, { virtio-blk: second }, { e1000: lan }, { virtio-net: lan } ]
                kernel: guests/vmlinuz-amd64
                ramdisk: guests/initrd-amd64.img
                cmdline: console=ttyS0 no_timer_check quiet intel_iommu=on
            """);
        using GuestMachine machine = GuestMachine.Start(manifest.Path);
        await machine.First.WaitForShellAsync();
        string log = await machine.First.RunAsync("dmesg | grep DMAR");
        Assert.Contains("DMAR: Intel(R) Virtualization Technology for Directed I/O", log);
        Assert.Contains($"DMAR-IR: Enabled IRQ remapping in {mode} mode", log);

        await machine.First.RunAsync("until [ -b /dev/sda ] && [ -b /dev/vda ]; do sleep 0.1; done");
        foreach (string disk in (string[])["sda", "vda"])
        {
            await machine.First.RunAsync($"mount -t ext4 /dev/{disk} /mnt && dd if=/dev/urandom of=/mnt/random bs=64k count=16 2>/dev/null");
            string sum = await machine.First.RunAsync("sha256sum < /mnt/random");
            await machine.First.RunAsync($"umount /mnt && echo 3 > /proc/sys/vm/drop_caches && mount -t ext4 /dev/{disk} /mnt");
            Assert.Equal(sum, await machine.First.RunAsync("sha256sum < /mnt/random"));
            await machine.First.RunAsync("umount /mnt");
        }

        // What one card sends the other receives.
        await machine.First.RunAsync("ip link set eth0 up; ip link set eth1 up");
        foreach ((string from, string to) in ((string, string)[])[("eth0", "eth1"), ("eth1", "eth0")])
        {
            await machine.First.RunAsync($"ip address add 10.0.0.1/24 dev {from}; N=$(cat /sys/class/net/{to}/statistics/rx_packets)");
            await machine.First.RunAsync($"until [ $(cat /sys/class/net/{to}/statistics/rx_packets) -gt $N ]; do ping -c 1 -W 1 10.0.0.9 || true; done");
            await machine.First.RunAsync($"ip address del 10.0.0.1/24 dev {from}");
        }

        string[] interrupts = (await machine.First.RunAsync("cat /proc/interrupts")).Split('\n');
        Assert.Contains("IR-IO-APIC", interrupts.Single(line => line.Contains("ahci")));
        Assert.Contains("IR-PCI-MSI", interrupts.First(line => line.Contains("virtio0-req")));
        Assert.DoesNotContain("fault", await machine.First.RunAsync("dmesg | grep -e 'DMAR: \\[' -e 'DRHD: handling' || true"));
        await machine.First.PowerOffAsync();
    }
}
