using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Firmware;

public class MemtestTests
{
    // The last test but one; the last writes two patterns and waits minutes for bits to fade.
    [FirmwareFact]
    public async Task Every_test_that_needs_no_waiting_finds_no_error()
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("memtest86.yaml"), "domains.memtest.memory=8MiB");
        await machine.First.ExpectAsync("Memtest86+ v");
        foreach (string test in (string[])["[Moving inversions, 64 bit pattern]", "[Random number sequence]", "[Modulo 20, random pattern]", "[Bit fade test"])
            await machine.First.ExpectAsync(test);
        Assert.Contains("Errors: 0 ", machine.First.ConsoleText);
        Assert.DoesNotMatch("Errors: [1-9]", machine.First.ConsoleText);
    }

    [LongFirmwareFact]
    public async Task A_whole_pass_finds_no_error()
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("memtest86.yaml"));
        string tests = "";
        while (!tests.Contains("Pass:  1"))
            tests = await machine.First.ExpectAsync("Errors: ");
        await machine.First.ExpectAsync("0 ");
        Assert.DoesNotMatch("Errors: [1-9]", machine.First.ConsoleText);
    }
}
