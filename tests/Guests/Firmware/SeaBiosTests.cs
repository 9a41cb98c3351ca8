using Dominion.Guests.Tests.Machines;
using Dominion.Host.Machine.Domains;

namespace Dominion.Guests.Tests.Firmware;

public class SeaBiosTests
{
    private const uint Grey = 0xAAAAAA;

    [FirmwareFact]
    public async Task It_finds_the_machine_and_writes_on_the_display()
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("seabios.yaml"));
        await machine.First.ExpectAsync("Found QEMU fw_cfg");
        await machine.First.ExpectAsync("Found 1 cpu(s)");
        await machine.First.ExpectAsync("ACPI: parse DSDT");
        await machine.First.ExpectAsync("Start SeaVGABIOS");
        await machine.First.ExpectAsync("set VGA mode 3");
        await machine.First.ExpectAsync("PS2 keyboard initialized");
        await machine.First.ExpectAsync("No bootable device.");
        Picture picture = machine.First.Runtime.CaptureDisplay()!;
        Assert.Equal((720, 400), (picture.Width, picture.Height));
        Assert.All(picture.Pixels.ToArray().Distinct(), color => Assert.Contains(color, (uint[])[0, Grey]));

        // Its name in the first row: letters of a font, neither nothing nor blocks; and rows below the text are empty.
        int first = picture.Pixels.Span[..(16 * 720)].Count(Grey);
        Assert.InRange(first, 300, 3000);
        Assert.Equal(0, picture.Pixels.Span[(20 * 16 * 720)..].Count(Grey));
    }

    [FirmwareFact]
    public async Task Every_processor_is_found()
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("seabios.yaml"), "domains.pc.vcpus=3");
        await machine.First.ExpectAsync("Found 3 cpu(s) max supported 3 cpu(s)");
        await machine.First.ExpectAsync("No bootable device.");
    }

    [FirmwareFact]
    public async Task A_reset_starts_the_firmware_anew()
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("seabios.yaml"));
        await machine.First.ExpectAsync("No bootable device.");
        Assert.True(await machine.First.Runtime.ResetAsync());
        await machine.First.ExpectAsync("SeaBIOS (version");
        await machine.First.ExpectAsync("No bootable device.");
    }
}
