using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Firmware;

public class GrubTests
{
    [FirmwareTheory]
    [InlineData("grub.img", "{ virtio-blk: boot }")]
    [InlineData("grub.img", "{ ahci: [ { disk: boot } ] }")]
    [InlineData("grub.img", "{ ide: { primary-master: { disk: boot } } }")]
    [InlineData("grub.iso", "{ ahci: [ { cd: boot } ] }")]
    [InlineData("grub.iso", "{ ide: { secondary-master: { cd: boot } } }")]
    public async Task It_boots_linux_from_a_disk_that_the_firmware_reads(string image, string device)
    {
        using ManifestFile manifest = new($$"""
            services:
              boot: { disk: guests/{{image}}, read-only: true }
            domains:
              - name: pc
                type: bare
                board: { pc: { firmware: guests/seabios.bin } }
                memory: 192MiB
                devices: [ {{device}}, { vga: guests/vgabios-stdvga.bin } ]
            """);
        using GuestMachine machine = GuestMachine.Start(manifest.Path);
        await machine.First.ExpectAsync("GNU GRUB");
        await machine.First.ExpectAsync("GRUB loads Linux");
        await machine.First.ExpectAsync("Console: colour VGA+ 80x25");
        await machine.First.WaitForShellAsync();

        // What the firmware tells reaches the kernel: its memory map, and ACPI's tables by the root pointer that it placed.
        Assert.Contains("BOOT_IMAGE=/boot/vmlinuz", await machine.First.RunAsync("cat /proc/cmdline"));
        Assert.Contains("DOMINION", await machine.First.RunAsync("dmesg | grep 'ACPI: DSDT'"));
        await machine.First.PowerOffAsync();
    }
}
