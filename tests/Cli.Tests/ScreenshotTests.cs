namespace Dominion.Cli.Tests;

public sealed class ScreenshotTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dominion-cli-").FullName;

    private string Picture => Path.Combine(_folder, "picture.png");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("power-off", 0)]
    [InlineData("idle", 124)]
    public async Task The_display_at_the_end_of_the_run_becomes_a_png_image(string then, int exitCode)
    {
        DominionProcess.Outcome outcome = await RunAsync($"then: {then}, display: true", Picture);
        Assert.Equal(exitCode, outcome.ExitCode);
        (int width, uint[] pixels) = PngReader.Read(await File.ReadAllBytesAsync(Picture));
        Assert.Equal(3, width);
        Assert.Equal([0xFF0000, 0x00FF00, 0x0000FF, 0x123456, 0xFFFFFF, 0x000000], pixels);
    }

    [Fact]
    public async Task Without_a_display_there_is_no_picture_and_it_is_told()
    {
        DominionProcess.Outcome outcome = await RunAsync("then: power-off", Picture);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("no domain has a display", outcome.Error);
        Assert.False(File.Exists(Picture));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_told()
    {
        DominionProcess.Outcome outcome = await RunAsync("then: power-off, display: true", Path.Combine(_folder, "none", "picture.png"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("cannot be written", outcome.Error);
    }

    private Task<DominionProcess.Outcome> RunAsync(string script, string picture)
    {
        string manifest = Path.Combine(_folder, "machine.yaml");
        File.WriteAllText(manifest, $"machine: {{ cpu: {{ core: scripted, model: none }} }}\ndomains:\n  - {{ name: d0, type: scripted, memory: 4KiB, {script} }}\n");
        return DominionProcess.RunAsync("", [.. ScriptedArguments(manifest), "--timeout", "1", "--screenshot", picture]);
    }

    private static string[] ScriptedArguments(string manifest) => ["run", manifest, "--plugins", RunTests.PluginFolder];
}
