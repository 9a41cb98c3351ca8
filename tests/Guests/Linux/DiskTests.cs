using System.Security.Cryptography;
using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Linux;

public class DiskTests
{
    private const string Domain = """
        domains:
          - name: linux
            type: bare
            board: pc
            memory: 128MiB
            devices: [ { virtio-blk: data } ]
            kernel: guests/vmlinuz-cloud
            ramdisk: guests/initrd-cloud.img
            cmdline: console=ttyS0 no_timer_check quiet
        """;

    [DebianFact]
    public async Task What_is_written_on_a_disk_is_found_intact_by_a_second_run()
    {
        using ManifestFile manifest = Disk("data: { disk: disk.img }");
        string sum;
        using (GuestMachine machine = GuestMachine.Start(manifest.Path))
        {
            await machine.First.WaitForShellAsync();
            await machine.First.RunAsync("mount -t ext4 /dev/vda /mnt");
            await machine.First.RunAsync("dd if=/dev/urandom of=/mnt/random bs=64k count=256 2>/dev/null && mkdir -p /mnt/a/b && cp /bin/busybox /mnt/a/b/");
            sum = await machine.First.RunAsync("cd /mnt && find . -type f | sort | xargs sha256sum; cd /");
            await machine.First.RunAsync("umount /mnt && sync");
            await machine.First.PowerOffAsync();
        }
        Assert.Contains("./random", sum);
        Assert.Contains($"{HashOf(Repository.Guest("busybox"))}  ./a/b/busybox", sum);
        using (GuestMachine machine = GuestMachine.Start(manifest.Path))
        {
            await machine.First.WaitForShellAsync();
            await machine.First.RunAsync("mount -t ext4 -o ro /dev/vda /mnt");
            Assert.Equal(sum, await machine.First.RunAsync("cd /mnt && find . -type f | sort | xargs sha256sum; cd /"));
            await machine.First.PowerOffAsync();
        }
    }

    [DebianFact]
    public async Task A_read_only_disk_refuses_writes_and_an_overlay_leaves_the_image_unchanged()
    {
        using ManifestFile manifest = Disk("""
            data: { disk: disk.img, read-only: true }
              scratch: { disk: disk.img, overlay: true }
            """);
        string before = HashOf(manifest.InFolder("disk.img"));
        using (GuestMachine machine = GuestMachine.Start(manifest.Path, "domains.linux.devices=[ { virtio-blk: data }, { virtio-blk: scratch } ]"))
        {
            await machine.First.WaitForShellAsync();
            Assert.Equal("1\n0\n", await machine.First.RunAsync("cat /sys/block/vda/ro /sys/block/vdb/ro"));
            (string refused, int status) = await machine.First.TryRunAsync("dd if=/dev/zero of=/dev/vda bs=4k count=1");
            Assert.NotEqual(0, status);
            Assert.Contains("Operation not permitted", refused);
            await machine.First.RunAsync("mount -t ext4 /dev/vdb /mnt && echo kept > /mnt/file && sync && echo 3 > /proc/sys/vm/drop_caches");
            Assert.Equal("kept\n", await machine.First.RunAsync("cat /mnt/file"));
            await machine.First.RunAsync("umount /mnt");
            await machine.First.PowerOffAsync();
        }
        Assert.Equal(before, HashOf(manifest.InFolder("disk.img")));
    }

    [DebianFact]
    public async Task The_manifest_with_a_disk_counts_its_runs()
    {
        using ManifestFile manifest = Disk("data: { disk: disk.img }");
        List<int> runs = [];
        for (int i = 0; i < 2; i++)
        {
            using GuestMachine machine = GuestMachine.Start(Repository.Machine("disk.yaml"), $"services.data={{ disk: {manifest.InFolder("disk.img")} }}");
            await machine.First.ExpectAsync("runs: ");
            runs.Add(int.Parse(await machine.First.ExpectAsync("\r\n")));
            Assert.Equal(0, await machine.EndAsync());
        }
        Assert.Equal(runs[0] + 1, runs[1]);
    }

    private static ManifestFile Disk(string services)
    {
        ManifestFile manifest = new($"services:\n  {services}\n{Domain}");
        File.Copy(Repository.Guest("disk.img"), manifest.InFolder("disk.img"));
        return manifest;
    }

    private static string HashOf(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
}
