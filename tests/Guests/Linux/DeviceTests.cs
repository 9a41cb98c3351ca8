using System.Globalization;
using Dominion.Domains;
using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Linux;

public class DeviceTests
{
    private const string Machine = """
        services:
          serial: { file: serial.txt }
          other: { file: other.txt }
        domains:
          - name: linux
            type: bare
            board: pc
            memory: 128MiB
            kernel: guests/vmlinuz-cloud
            ramdisk: guests/initrd-cloud.img
            cmdline: console=ttyS0 no_timer_check
        """;

    [DebianFact]
    public async Task Linux_finds_the_boards_devices_and_they_keep_time()
    {
        using ManifestFile manifest = new(Machine);
        using GuestMachine machine = GuestMachine.Start(manifest.Path, "domains.linux.devices=[ virtio-rng ]", "domains.linux.slots={ com2: { ns16550: other } }");
        GuestDomain linux = machine.First;
        await linux.WaitForShellAsync();
        string log = await linux.RunAsync("dmesg");
        foreach (string said in (string[])
            [
                "ACPI: PM-Timer IO Port: 0x608",
                "IOAPIC[0]: apic_id 0, version 32, address 0xfec00000, GSI 0-23",
                "TSC deadline timer available",
                "hpet0: 3 comparators, 64-bit 100.000000 MHz counter",
                "serio: i8042 KBD port at 0x60,0x64 irq 1",
                "input: AT Translated Set 2 keyboard",
                "rtc_cmos 00:01: registered as rtc0",
                "clocksource: acpi_pm:",
                "PCI: MMCONFIG for domain 0000 [bus 00-ff] at [mem 0xe0000000-0xefffffff]",
                "ttyS0 at I/O 0x3f8 (irq = 4, base_baud = 115200) is a 16550A",
                "ttyS1 at I/O 0x2f8 (irq = 3, base_baud = 115200) is a 16550A",
            ])
            Assert.Contains(said, log);
        Assert.DoesNotContain("Call Trace", log);
        Assert.DoesNotContain("nobody cared", log);
        Assert.DoesNotContain("unstable", log);

        string clock = await linux.RunAsync("hwclock -u -r");
        DateTime read = DateTime.ParseExact(clock.Trim().Split("  ")[0], "ddd MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite);
        Assert.InRange((DateTime.UtcNow - read).Duration(), TimeSpan.Zero, TimeSpan.FromMinutes(1));

        Assert.Equal("virtio_rng.0\n", await linux.RunAsync("cat /sys/class/misc/hw_random/rng_current"));
        Assert.Equal("4096\n", await linux.RunAsync("dd if=/dev/hwrng bs=512 count=8 iflag=fullblock 2>/dev/null | wc -c"));
        string first = await linux.RunAsync("dd if=/dev/hwrng bs=64 count=1 2>/dev/null | sha256sum");
        Assert.NotEqual(first, await linux.RunAsync("dd if=/dev/hwrng bs=64 count=1 2>/dev/null | sha256sum"));

        foreach (string source in (string[])["hpet", "acpi_pm", "tsc"])
        {
            await linux.RunAsync($"echo {source} > /sys/devices/system/clocksource/clocksource0/current_clocksource");
            Assert.Equal($"{source}\n", await linux.RunAsync("cat /sys/devices/system/clocksource/clocksource0/current_clocksource"));
            string[] times = (await linux.RunAsync("awk '{ print $1 }' /proc/uptime; sleep 1; awk '{ print $1 }' /proc/uptime")).Split('\n');
            Assert.InRange(double.Parse(times[1], CultureInfo.InvariantCulture) - double.Parse(times[0], CultureInfo.InvariantCulture), 0.9, 5);
        }
        await linux.PowerOffAsync();
    }

    [DebianFact]
    public async Task A_shell_runs_on_the_virtio_console()
    {
        using ManifestFile manifest = new(Machine);
        using GuestMachine machine = GuestMachine.Start(
            manifest.Path,
            "domains.linux.slots={ com1: { ns16550: serial } }",
            "domains.linux.devices=[ virtio-console ]",
            "domains.linux.cmdline=console=ttyS0 no_timer_check dominion.run=\"setsid sh -c 'exec sh -i </dev/hvc0 >/dev/hvc0 2>&1'\"");
        GuestDomain linux = machine.First;
        await linux.WaitForShellAsync();
        Assert.Equal("/dev/hvc0\n", await linux.RunAsync("tty"));
        string sum = await linux.RunAsync("seq 1 20000 | sha256sum");
        Assert.Equal(sum, await linux.RunAsync("seq 1 20000 > /tmp/seq; sha256sum < /tmp/seq"));
        string numbers = await linux.RunAsync("seq 1 5000");
        Assert.Equal(string.Concat(Enumerable.Range(1, 5000).Select(number => $"{number}\n")), numbers);
        linux.TypeLine("poweroff -f");
        Assert.Equal(DomainState.PoweredOff, await linux.EndAsync());
        machine.Dispose();
        Assert.Contains("Run /init as init process", File.ReadAllText(manifest.InFolder("serial.txt")));
    }

    [DebianFact]
    public async Task Reboot_resets_the_domain_and_it_comes_up_again()
    {
        using ManifestFile manifest = new(Machine);
        using GuestMachine machine = GuestMachine.Start(manifest.Path, "domains.linux.devices=[ virtio-rng ]");
        for (int i = 0; i < 2; i++)
        {
            await machine.First.ExpectAsync("Linux version 6.1.");
            await machine.First.WaitForShellAsync();
            (string _, int status) = await machine.First.TryRunAsync("test -e /root/mark");
            Assert.Equal(1, status);
            await machine.First.RunAsync("touch /root/mark");
            Assert.Equal(DomainState.Running, machine.First.Runtime.State);
            if (i == 0)
                machine.First.TypeLine("reboot -f");
        }
        await machine.First.PowerOffAsync();
    }

    [DebianFact]
    public async Task The_power_button_is_an_event_for_the_guest()
    {
        using ManifestFile manifest = new(Machine);
        using GuestMachine machine = GuestMachine.Start(manifest.Path);
        GuestDomain linux = machine.First;
        await linux.WaitForShellAsync();
        Assert.Contains("Power Button", await linux.RunAsync("cat /proc/bus/input/devices"));
        string device = (await linux.RunAsync("grep -A 4 'Power Button' /proc/bus/input/devices | grep -o 'event[0-9]*'")).Trim();

        // An input event has 24 bytes: two times of eight, then type 1 (EV_KEY), code 116 (KEY_POWER), value 1 (pressed).
        linux.TypeLine($"dd if=/dev/input/{device} bs=24 count=1 2>/dev/null | od -An -tu2 -j16 && echo pre\"\"ssed");
        await linux.ExpectAsync("pre\"\"ssed");
        linux.Runtime.RequestShutdown();
        string shown = await linux.ExpectAsync("\r\npressed");
        Assert.Matches(@"\b1\s+116\s+1\s+0\b", shown);
        await linux.PowerOffAsync();
    }
}
