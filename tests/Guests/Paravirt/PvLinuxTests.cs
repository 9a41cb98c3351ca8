using System.Security.Cryptography;
using System.Text;
using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Paravirt;

public class PvLinuxTests
{
    [Fact]
    public async Task The_built_in_guest_sees_the_abi_from_level_3()
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("pv-hello.yaml"));
        Assert.Equal(0, await machine.EndAsync());
        Assert.Contains("Xen version 4.17", machine.First.ConsoleText);
        Assert.Contains("CS e033, privilege level 3", machine.First.ConsoleText);
        Assert.Equal("powered off by the guest", machine.First.Runtime.Reason);
    }

    [DebianTheory]
    [InlineData("cloud", 1)]
    [InlineData("amd64", 4)]
    public async Task Debians_kernel_comes_up_as_a_paravirtual_guest_and_powers_off(string flavour, int vcpus)
    {
        using ManifestFile manifest = new($$"""
            domains:
              - name: linux
                type: pv
                memory: 320MiB
                vcpus: {{vcpus}}
                kernel: guests/vmlinuz-{{flavour}}
                ramdisk: guests/initrd-{{flavour}}.img
                cmdline: console=hvc0
            """);
        using GuestMachine machine = GuestMachine.Start(manifest.Path);
        await machine.First.WaitForShellAsync();
        Assert.Equal($"{vcpus}\n", await machine.First.RunAsync("nproc"));
        Assert.Contains("Booting kernel on Xen", await machine.First.RunAsync("dmesg"));
        Assert.Equal("xen\n", await machine.First.RunAsync("cat /sys/devices/system/clocksource/clocksource0/current_clocksource"));

        // Processes, copies on write, signals and pipes over the checked page tables; as many at a time as there are vCPUs.
        string work = await machine.First.RunAsync("for i in 1 2 3 4; do (seq 1 2000 | sort -rn | md5sum) & done; wait");
        string expected = Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(1, 2000).Reverse().Select(n => $"{n}\n")))));
        Assert.Equal(4, work.Split(expected).Length - 1);
        await machine.First.RunAsync("sh -c 'kill -SEGV $$' || test $? = 139");
        await machine.First.PowerOffAsync();
        Assert.Equal(0, await machine.EndAsync());
        Assert.DoesNotContain("Call Trace", machine.First.ConsoleText);
        Assert.DoesNotContain("BUG:", machine.First.ConsoleText);
    }

    [DebianFact]
    public async Task A_reboot_builds_the_domain_anew()
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("pv-linux.yaml"), "services.data.overlay=true");
        await machine.First.WaitForShellAsync();
        machine.First.TypeLine("reboot -f");
        await machine.First.ExpectAsync("Linux version 6.1.");
        await machine.First.WaitForShellAsync();
        await machine.First.PowerOffAsync();
    }
}
