using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Rules;

/// <summary>The guests that check what the manual says; each line of theirs names a case and its section.</summary>
public class SystemRulesTests
{
    private static readonly Dictionary<string, int> Cases = new()
    {
        ["segments"] = 82, ["tasks"] = 38, ["interrupts"] = 67, ["virtual8086"] = 30, ["debug"] = 34, ["paging"] = 19, ["long"] = 77,
    };

    [Fact]
    public async Task Every_case_of_every_guest_is_as_the_manual_says()
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("system-rules.yaml"));
        Assert.Equal(Cases.Count, machine.Domains.Count);
        await machine.EndAsync();
        foreach (GuestDomain domain in machine.Domains)
            AssertAllPassed(domain.ConsoleText, Cases[domain.Runtime.Name]);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("virtual")]
    public async Task Four_vcpus_at_once_lose_nothing(string clock)
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("smp-stress.yaml"), $"machine.clock={clock}");
        await machine.EndAsync();
        AssertAllPassed(machine.First.ConsoleText, 22);
    }

    private static void AssertAllPassed(string text, int count)
    {
        string[] lines = text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.DoesNotContain(lines, line => line.StartsWith("not ok", StringComparison.Ordinal));
        Assert.True(lines.Length > 0 && lines[^1] == $"{count} cases, 0 not ok", text);
        Assert.Equal(count, lines.Count(line => line.StartsWith("ok ", StringComparison.Ordinal)));
    }
}
