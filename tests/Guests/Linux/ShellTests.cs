using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Linux;

public class ShellTests
{
    [DebianTheory]
    [InlineData("linux.yaml", "cloud-amd64")]
    [InlineData("linux-amd64.yaml", "amd64")]
    public async Task Debians_kernel_comes_up_its_shell_answers_and_it_powers_off(string manifest, string flavour)
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine(manifest));
        await machine.First.ExpectAsync("Linux version 6.1.");
        await machine.First.WaitForShellAsync();
        Assert.Matches($@"^Linux dominion 6\.1\.\d+-\d+-{flavour} .* x86_64 GNU/Linux\n$", await machine.First.RunAsync("uname -a"));
        Assert.Equal("42\n", await machine.First.RunAsync("echo $((6 * 7))"));
        (_, int status) = await machine.First.TryRunAsync("sh -c 'exit 3'");
        Assert.Equal(3, status);
        await machine.First.PowerOffAsync();
        Assert.Equal("powered off by acpi-pm", machine.First.Runtime.Reason);
        Assert.Equal(0, await machine.EndAsync());
        Assert.DoesNotContain("Call Trace", machine.First.ConsoleText);
        Assert.DoesNotContain("BUG:", machine.First.ConsoleText);
    }

    [I386Fact]
    public async Task Debians_32_bit_kernel_comes_up_with_a_32_bit_user_land()
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("linux-i386.yaml"));
        await machine.First.ExpectAsync("Linux version 6.1.");
        await machine.First.WaitForShellAsync();
        Assert.Matches(@"^Linux dominion 6\.1\.\d+-\d+-686-pae .* i686 GNU/Linux\n$", await machine.First.RunAsync("uname -a"));
        Assert.Contains(" pae ", await machine.First.RunAsync("grep -m1 ^flags /proc/cpuinfo"));
        Assert.Equal("1", (await machine.First.RunAsync("dd if=/bin/busybox bs=1 skip=4 count=1 2>/dev/null | od -An -tu1")).Trim());
        await machine.First.PowerOffAsync();
        Assert.DoesNotContain("Call Trace", machine.First.ConsoleText);
    }
}
