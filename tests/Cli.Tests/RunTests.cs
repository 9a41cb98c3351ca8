using System.Diagnostics;

namespace Dominion.Cli.Tests;

public sealed class RunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dominion-cli-").FullName;

    public static TheoryData<string> Clocks => new("host", "virtual");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_machine_that_powers_off_ends_with_0_and_its_console_is_the_output(string clock)
    {
        DominionProcess.Outcome outcome = await RunAsync(Manifest(clock, @"say: ""hello\nbye"""));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal("hello\nbye", outcome.Output);
        Assert.Contains("d0: powered off by script", outcome.Error);
    }

    [Theory]
    [InlineData("crash", "the script says so")]
    [InlineData("throw", "a scripted defect")]
    public async Task A_domain_that_crashes_makes_it_1_and_the_reason_is_told(string act, string reason)
    {
        DominionProcess.Outcome outcome = await RunAsync(Manifest("host", $"then: {act}"));
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("d0: crashed: ", outcome.Error);
        Assert.Contains(reason, outcome.Error);
    }

    [Fact]
    public async Task A_domain_that_cannot_be_made_is_refused()
    {
        DominionProcess.Outcome outcome = await RunAsync(Manifest("host", "then: refuse", "then: power-off"));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("error TEST0001: domain 'd0' is refused by its script", outcome.Error);
        Assert.Empty(outcome.Output);
    }

    [Theory]
    [InlineData("host", "idle")]
    [InlineData("host", "loop")]
    [InlineData("virtual", "idle")]
    [InlineData("virtual", "loop")]
    public async Task The_timeout_ends_it_with_124(string clock, string act)
    {
        DominionProcess.Outcome outcome = await RunAsync(Manifest(clock, $"say: partial, then: {act}"), "", "--timeout", "0.5");
        Assert.Equal(124, outcome.ExitCode);
        Assert.Equal("partial", outcome.Output);
        Assert.Contains("timeout of 0.5 s", outcome.Error);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_signal_ends_it_with_130(string signal)
    {
        using Process process = DominionProcess.Start(Arguments(Manifest("host", @"say: ""up\n"", then: loop")));
        Assert.Equal("up", await process.StandardOutput.ReadLineAsync());
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
        DominionProcess.Outcome outcome = await DominionProcess.EndAsync(process);
        Assert.Equal(130, outcome.ExitCode);
    }

    [Fact]
    public async Task Standard_input_is_typed_into_the_first_domain_and_its_end_ends_nothing()
    {
        DominionProcess.Outcome outcome = await RunAsync(Manifest("host", "then: echo", "then: idle"), "typed\nq", "--timeout", "2");
        Assert.Equal(124, outcome.ExitCode);
        Assert.Equal("d0: typed\nd0: q\n", outcome.Output);
        Assert.Contains("d0: powered off by typing", outcome.Error);
    }

    [Fact]
    public async Task Consoles_of_several_domains_come_in_whole_lines_with_their_names()
    {
        DominionProcess.Outcome outcome = await RunAsync(Manifest("virtual", @"say: ""one\r\ntwo""", @"say: ""three\n"""));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(["d0: one", "d0: two", "d1: three"], outcome.Output.TrimEnd().Split('\n').Order());
    }

    [Fact]
    public async Task An_override_changes_the_machine()
    {
        DominionProcess.Outcome outcome = await RunAsync(Manifest("host", "then: idle"), "", "--set", "domains.d0.then=crash");
        Assert.Equal(1, outcome.ExitCode);
    }

    [Fact]
    public async Task The_log_level_decides_what_is_told()
    {
        DominionProcess.Outcome quiet = await RunAsync(Manifest("host", "then: crash"), "", "--log-level", "none");
        Assert.DoesNotContain("crashed", quiet.Error);
        DominionProcess.Outcome loud = await RunAsync(Manifest("host", "then: power-off"), "", "--log-level", "information");
        Assert.Contains("information: d0: started", loud.Error);
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_the_machine()
    {
        using Process process = DominionProcess.Start(Arguments(Manifest("host", "then: echo")));
        process.StandardOutput.Close();
        process.StandardInput.Write("typed");
        process.StandardInput.Flush();
        Assert.Equal(130, await DominionProcess.WaitAsync(process));
        Assert.Contains("standard output: ", await process.StandardError.ReadToEndAsync());
    }

    [Fact]
    public async Task A_reader_that_stands_still_does_not_keep_a_signal_from_ending_the_machine()
    {
        using Process process = DominionProcess.Start(Arguments(Manifest("host", "then: echo")));
        Task typing = process.StandardInput.WriteAsync(new string('x', 4 << 20));
        await Task.WhenAny(typing, Task.Delay(TimeSpan.FromSeconds(2)));
        Assert.False(typing.IsCompleted);
        using Process kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        Assert.Equal(130, await DominionProcess.WaitAsync(process));
        await Task.WhenAny(typing).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData("\u001d", 130)]
    [InlineData("q", 0)]
    [InlineData("\u0003q", 0)]
    public async Task A_terminal_is_raw_while_the_machine_runs_and_restored_after(string keys, int exitCode)
    {
        if (OperatingSystem.IsWindows())
            return;
        DominionProcess.Outcome outcome = await OnTerminalAsync(Manifest("host", @"say: ""up\n"", then: echo"), keys, "");
        Assert.Contains($"exit {exitCode}", outcome.Output);
        Assert.Contains("same settings", outcome.Output);
        Assert.Contains("Ctrl-]", outcome.Output);
    }

    [Theory]
    [InlineData("then: crash", "", 1)]
    [InlineData("then: loop", "--timeout 0.5", 124)]
    public async Task A_terminal_is_restored_after_a_crash_and_a_timeout(string script, string options, int exitCode)
    {
        if (OperatingSystem.IsWindows())
            return;
        DominionProcess.Outcome outcome = await OnTerminalAsync(Manifest("host", script), "", options);
        Assert.Contains($"exit {exitCode}", outcome.Output);
        Assert.Contains("same settings", outcome.Output);
    }

    /// <summary>Runs on a pseudo-terminal that util-linux's script makes, and types keys when the machine is up.</summary>
    private async Task<DominionProcess.Outcome> OnTerminalAsync(string manifest, string keys, string options)
    {
        string command = string.Join(' ', Arguments(manifest).Prepend(DominionProcess.Program).Select(word => $"'{word}'"));
        string line = $"before=$(stty -g); {command} {options}; echo exit $?; [ \"$before\" = \"$(stty -g)\" ] && echo same settings";
        using Process process = Process.Start(new ProcessStartInfo("script", ["-qc", line, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string output = "";
        if (keys.Length > 0)
        {
            char[] buffer = new char[1];
            while (!output.Contains("up\n"))
            {
                Assert.Equal(1, await process.StandardOutput.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(60)));
                output += buffer[0];
            }
            process.StandardInput.Write(keys);
            process.StandardInput.Flush();
        }
        DominionProcess.Outcome outcome = await DominionProcess.EndAsync(process);
        return outcome with { Output = output + outcome.Output };
    }

    private static string[] Arguments(string manifest) => ["run", manifest, "--plugins", PluginFolder];

    internal static string PluginFolder
    {
        get
        {
            // tests/Cli.Tests/bin/<configuration>/net10.0/ beside tests/Cli.Tests/ScriptedDomains/bin/<configuration>/
            DirectoryInfo configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!;
            return Path.Combine(configuration.Parent!.Parent!.FullName, "ScriptedDomains", "bin", configuration.Name);
        }
    }

    private static Task<DominionProcess.Outcome> RunAsync(string manifest, string input = "", params string[] options) =>
        DominionProcess.RunAsync(input, [.. Arguments(manifest), .. options]);

    private string Manifest(string clock, params string[] scripts)
    {
        string text = $"machine: {{ clock: {clock}, cpu: {{ core: scripted, model: none }} }}\ndomains:\n";
        for (int i = 0; i < scripts.Length; i++)
            text += $"  - {{ name: d{i}, type: scripted, memory: 4KiB, {scripts[i]} }}\n";
        string path = Path.Combine(_folder, "machine.yaml");
        File.WriteAllText(path, text);
        return path;
    }
}
