using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Firmware;

public class MemtestTests
{
    [FirmwareFact]
    public async Task It_tests_memory_and_finds_no_error()
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("memtest86.yaml"), "domains.memtest.memory=4MiB");
        await machine.First.ExpectAsync("Memtest86+ v");
        await machine.First.ExpectAsync("Pass:  1        Errors: 0 ");
    }
}
