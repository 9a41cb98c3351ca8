namespace Dominion.Cli.Tests;

public sealed class ManifestRefusalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dominion-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("run")]
    [InlineData("validate")]
    public async Task A_manifest_that_is_not_there_is_refused(string verb)
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync(verb, Path.Combine(_folder, "none.yaml"));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("DOM1001", outcome.Error);
        Assert.Empty(outcome.Output);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("validate")]
    public async Task Every_problem_is_told_with_its_place(string verb)
    {
        string path = Path.Combine(_folder, "bad.yaml");
        await File.WriteAllTextAsync(path, "machine: { memory: lots }\nfrob: 1\ndomains: []\n");
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync(verb, path);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("bad.yaml(1,", outcome.Error);
        Assert.Contains("bad.yaml(2,1): error", outcome.Error);
    }

    [Fact]
    public async Task A_bad_override_is_refused()
    {
        string path = Path.Combine(_folder, "m.yaml");
        await File.WriteAllTextAsync(path, "domains: []\n");
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync("validate", path, "--set", "nothing");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--set nothing", outcome.Error);
    }

    [Fact]
    public async Task A_folder_is_no_manifest()
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync("run", _folder);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("error DOM", outcome.Error);
    }
}
