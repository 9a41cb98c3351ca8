using System.Runtime.InteropServices;

namespace Dominion.Cli.Tests;

/// <summary>Verbs that plugins bring, by the one that comes with the program.</summary>
public sealed class ToolVerbTests
{
    [Fact]
    public async Task The_help_lists_the_verbs_of_plugins_by_their_summaries()
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync("--help");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("  isa-check ", outcome.Output);
        Assert.Contains("Hold a CPU core to the host's processor", outcome.Output);
    }

    [Fact]
    public async Task A_tool_documents_its_options_with_their_defaults()
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync("isa-check", "--help");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches(@"--cases <CASES> .*\[default: 100\]", outcome.Output);
        Assert.Matches(@"--arithmetic <ARITHMETIC> .*\(both, host, software\) \[default: both\]", outcome.Output);
    }

    [Theory]
    [InlineData("'cases' is 0, which is out of range", "--cases", "0")]
    [InlineData("'cases' needs a whole number", "--cases", "many")]
    [InlineData("'arithmetic' cannot be 'both-of-them'", "--arithmetic", "both-of-them")]
    [InlineData("no plugin exports the CPU core 'z80'", "--core", "z80")]
    public async Task What_a_tool_cannot_take_is_refused_with_a_diagnostic(string message, params string[] arguments)
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync(["isa-check", .. arguments]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.Error);
    }

    [Fact]
    public async Task An_option_that_a_tool_does_not_have_is_refused_with_the_usage()
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync("isa-check", "--frob");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("Usage:", outcome.Error);
    }

    [Fact]
    public async Task A_check_prints_its_seed_and_its_table()
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync("isa-check", "--forms", "add", "--cases", "3", "--seed", "9", "--mode", "64");
        if (!IsHostCapable)
        {
            Assert.Equal(2, outcome.ExitCode);
            Assert.Contains("DOM3403", outcome.Error);
            return;
        }

        Assert.Equal(0, outcome.ExitCode);
        Assert.StartsWith("seed 9, 3 cases from 0 ", outcome.Output);
        Assert.Contains("\ntotal ", outcome.Output);
        Assert.Empty(outcome.Error);
    }

    private static bool IsHostCapable => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;
}
