using Dominion.Guests.Tests.Firmware;
using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Linux;

/// <summary>Linux, started by SeaBIOS, suspends to RAM and comes back through SeaBIOS.</summary>
public class SuspendTests
{
    [FirmwareTheory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_clock_wakes_it(int vcpus)
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("suspend.yaml"), $"domains.linux.vcpus={vcpus}");
        await machine.First.ExpectAsync("PM: suspend entry (deep)");
        await machine.First.ExpectAsync("ACPI: PM: Preparing to enter system sleep state S3");
        await machine.First.ExpectAsync("ACPI: PM: Low-level resume complete");
        await machine.First.ExpectAsync("PM: suspend exit");
        Assert.Equal(0, await machine.EndAsync());
        Assert.Contains("resumed", machine.First.ConsoleText);
        Assert.DoesNotContain("Call Trace", machine.First.ConsoleText);
    }
}
