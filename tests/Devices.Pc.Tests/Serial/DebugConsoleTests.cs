using Dominion.Devices.Pc.Serial;

namespace Dominion.Devices.Pc.Tests.Serial;

public sealed class DebugConsoleTests
{
    [Fact]
    public void It_reads_as_its_presence_and_writes_to_the_stream()
    {
        TestDomain domain = new();
        using DebugConsole console = new(domain, new DebugConsoleOptions { Port = 0x402 });
        Assert.Equal(0xE9, domain.In(0x402));
        domain.Out(0x402, 'o');
        domain.Out(0x402, 'k');
        Assert.Equal("ok", domain.Stream.Written);
    }
}
