using System.Text.Json;

namespace Dominion.Cli.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Help_names_every_verb_and_goes_to_standard_output()
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync("--help");
        Assert.Equal(0, outcome.ExitCode);
        foreach (string verb in (string[])["run", "validate", "plugins", "schema", "completion"])
            Assert.Contains($"  {verb} ", outcome.Output);
        Assert.Empty(outcome.Error);
    }

    [Fact]
    public async Task Run_documents_its_options()
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync("run", "--help");
        Assert.Equal(0, outcome.ExitCode);
        foreach (string option in (string[])["--set", "--timeout", "--plugins", "--log-level"])
            Assert.Contains(option, outcome.Output);
    }

    [Fact]
    public async Task The_version_is_that_of_the_build()
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync("--version");
        Assert.Equal(0, outcome.ExitCode);
        Assert.StartsWith(typeof(Host.Machine.MachineRuntime).Assembly.GetName().Version!.ToString(3), outcome.Output);
    }

    [Theory]
    [InlineData]
    [InlineData("frob")]
    [InlineData("run")]
    [InlineData("run", "a.yaml", "--frob")]
    [InlineData("run", "a.yaml", "--timeout", "soon")]
    [InlineData("run", "a.yaml", "--timeout", "0")]
    [InlineData("run", "a.yaml", "--timeout", "-1")]
    [InlineData("run", "a.yaml", "--log-level", "loud")]
    [InlineData("run", "a.yaml", "b.yaml")]
    [InlineData("completion", "tcsh")]
    public async Task A_wrong_command_line_is_refused_with_the_usage(params string[] arguments)
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync(arguments);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("Usage:", outcome.Error);
        Assert.Empty(outcome.Output);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task A_completion_script_asks_the_program(string shell)
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync("completion", shell);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("[suggest:", outcome.Output);
    }

    [Fact]
    public async Task The_program_answers_what_completion_asks()
    {
        DominionProcess.Outcome verbs = await DominionProcess.RunAsync("[suggest:12]", "dominion val");
        Assert.Equal("validate", verbs.Output.Trim());
        DominionProcess.Outcome levels = await DominionProcess.RunAsync("[suggest:32]", "dominion run a.yaml --log-level ");
        Assert.Contains("information", levels.Output);
    }

    [Fact]
    public async Task Plugins_prints_json_that_programs_read()
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync("plugins", "--json");
        using JsonDocument document = JsonDocument.Parse(outcome.Output);
        Assert.Equal(JsonValueKind.Array, document.RootElement.GetProperty("plugins").ValueKind);
    }

    [Fact]
    public async Task A_plugin_folder_that_is_not_there_is_refused()
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync("plugins", "--plugins", "/nowhere/at/all");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("DOM2001", outcome.Error);
    }

    [Fact]
    public async Task The_schema_is_json()
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync("schema");
        using JsonDocument document = JsonDocument.Parse(outcome.Output);
        Assert.Equal("Dominion manifest", document.RootElement.GetProperty("title").GetString());
    }
}
