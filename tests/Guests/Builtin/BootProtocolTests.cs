using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Builtin;

public class BootProtocolTests
{
    [Theory]
    [InlineData("multiboot")]
    [InlineData("pvh")]
    public async Task A_built_in_guest_is_entered_by_either_protocol_and_finds_its_memory_map(string protocol)
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("hello.yaml"), $"domains.hello.boot={protocol}");
        Assert.Equal(0, await machine.EndAsync());
        string kibibytes = machine.First.ConsoleText.Split("Memory: ")[1].Split(" KiB usable")[0];
        Assert.InRange(int.Parse(kibibytes), 32_000, 32_768);
    }
}
