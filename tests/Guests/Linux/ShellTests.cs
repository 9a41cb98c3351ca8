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
}
