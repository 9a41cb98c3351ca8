using System.Security.Cryptography;
using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Paravirt;

/// <summary>Disks of paravirtual domains, driven by Debian's xen-blkfront.</summary>
public class PvDiskTests
{
    private const string Domain = """
        domains:
          - name: linux
            type: pv
            memory: 192MiB
            devices: [ { vbd: data, target: xvda } ]
            kernel: guests/vmlinuz-cloud
            ramdisk: guests/initrd-cloud.img
            cmdline: console=hvc0 quiet
        """;

    [DebianFact]
    public async Task What_is_written_on_a_disk_is_found_intact_after_a_restart()
    {
        using ManifestFile manifest = Disk("data: { disk: disk.img }");
        string sum;
        using (GuestMachine machine = GuestMachine.Start(manifest.Path))
        {
            await machine.First.WaitForShellAsync();
            await machine.First.RunAsync("mount -t ext4 /dev/xvda /mnt");

            // Requests of all sizes: the page cache's large ones are indirect, and conv=fsync makes the kernel flush.
            await machine.First.RunAsync("dd if=/dev/urandom of=/mnt/random bs=64k count=128 conv=fsync 2>/dev/null && cp /bin/busybox /mnt/");
            sum = await machine.First.RunAsync("cd /mnt && sha256sum random busybox; cd /");
            Assert.Contains($"{HashOf(Repository.Guest("busybox"))}  busybox", sum);
            await machine.First.RunAsync("sync; echo 3 > /proc/sys/vm/drop_caches");
            Assert.Equal(sum, await machine.First.RunAsync("cd /mnt && sha256sum random busybox; cd /"));
            await machine.First.RunAsync("umount /mnt");
            await machine.First.PowerOffAsync();
        }

        using (GuestMachine machine = GuestMachine.Start(manifest.Path))
        {
            await machine.First.WaitForShellAsync();
            await machine.First.RunAsync("mount -t ext4 -o ro /dev/xvda /mnt");
            Assert.Equal(sum, await machine.First.RunAsync("cd /mnt && sha256sum random busybox; cd /"));
            await machine.First.PowerOffAsync();
        }
    }

    [DebianFact]
    public async Task A_guest_that_reboots_finds_its_disk_again()
    {
        using ManifestFile manifest = Disk("data: { disk: disk.img }");
        using GuestMachine machine = GuestMachine.Start(manifest.Path);
        await machine.First.WaitForShellAsync();
        await machine.First.RunAsync("echo kept | dd of=/dev/xvda bs=512 count=1 conv=sync,fsync 2>/dev/null");
        machine.First.TypeLine("reboot -f");
        await machine.First.ExpectAsync("busybox on Linux");
        await machine.First.WaitForShellAsync();
        Assert.Equal("kept\n", await machine.First.RunAsync("head -n 1 /dev/xvda"));
        await machine.First.PowerOffAsync();
    }

    [DebianFact]
    public async Task A_read_only_disk_refuses_writes_and_a_writable_one_discards()
    {
        using ManifestFile manifest = Disk("""
            data: { disk: disk.img, read-only: true }
              scratch: { ramdisk: 8MiB }
            """);
        using GuestMachine machine = GuestMachine.Start(manifest.Path, "domains.linux.devices=[ { vbd: data, target: xvda, mode: ro }, { vbd: scratch, target: xvdb } ]");
        await machine.First.WaitForShellAsync();
        Assert.Equal("1\n0\n", await machine.First.RunAsync("cat /sys/block/xvda/ro /sys/block/xvdb/ro"));
        Assert.Equal("16384\n", await machine.First.RunAsync("cat /sys/block/xvdb/size"));
        (_, int status) = await machine.First.TryRunAsync("dd if=/dev/zero of=/dev/xvda bs=4k count=1");
        Assert.NotEqual(0, status);
        await machine.First.RunAsync("dd if=/dev/urandom of=/dev/xvdb bs=4k count=256 conv=fsync 2>/dev/null && blkdiscard /dev/xvdb && echo 3 > /proc/sys/vm/drop_caches");
        string zeros = Convert.ToHexStringLower(SHA256.HashData(new byte[1 << 20]));
        Assert.Contains(zeros, await machine.First.RunAsync("dd if=/dev/xvdb bs=4k count=256 2>/dev/null | sha256sum"));
        await machine.First.PowerOffAsync();
    }

    [DebianFact]
    public async Task Several_vcpus_use_several_queues()
    {
        using ManifestFile manifest = Disk("data: { ramdisk: 16MiB }");
        using GuestMachine machine = GuestMachine.Start(manifest.Path, "domains.linux.vcpus=2");
        await machine.First.WaitForShellAsync();
        Assert.Equal("2\n", await machine.First.RunAsync("ls /sys/block/xvda/mq | wc -l"));
        string written = await machine.First.RunAsync("for i in 0 1 2 3; do (dd if=/dev/urandom of=/tmp/$i bs=64k count=32 2>/dev/null; dd if=/tmp/$i of=/dev/xvda bs=64k seek=$((i * 32)) conv=fsync 2>/dev/null) & done; wait; cat /tmp/0 /tmp/1 /tmp/2 /tmp/3 | sha256sum");
        await machine.First.RunAsync("echo 3 > /proc/sys/vm/drop_caches");
        Assert.Equal(written, await machine.First.RunAsync("dd if=/dev/xvda bs=64k count=128 2>/dev/null | sha256sum"));
        await machine.First.PowerOffAsync();
    }

    private static ManifestFile Disk(string services)
    {
        ManifestFile manifest = new($"services:\n  {services}\n{Domain}");
        File.Copy(Repository.Guest("disk.img"), manifest.InFolder("disk.img"));
        return manifest;
    }

    private static string HashOf(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
}
