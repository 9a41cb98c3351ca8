using Dominion.Host.Tests.Plugins;

namespace Dominion.Cli.Tests;

/// <summary>A third party's serial port, built against the package, in the place of the built-in one.</summary>
public sealed class ThirdPartyTests(ThirdPartyFixture fixture) : IClassFixture<ThirdPartyFixture>, IDisposable
{
    private const string Swap = "    slots: { com1: acme-uart }\n";
    private readonly string _manifest = Path.Combine(DominionProcess.Root, "machines", $"test-{Guid.NewGuid():N}.tmp");

    public void Dispose() => File.Delete(_manifest);

    [Fact]
    public async Task One_line_of_a_manifest_swaps_the_serial_port_and_the_guest_prints_through_it()
    {
        string[] command = ["run", Write("hello.yaml", Swap), "--timeout", "50", "--log-level", "debug", "--plugins", Root()];
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync(command);
        Assert.Equal(0, outcome.ExitCode);
        Assert.StartsWith("Hello from a guest of Dominion.", outcome.Output);
    }

    [Fact]
    public async Task The_third_partys_options_are_checked_and_reach_it()
    {
        string root = Root();
        DominionProcess.Outcome unknown = await DominionProcess.RunAsync("run", Write("hello.yaml", "    slots: { com1: { acme-uart: console, modem-line: x } }\n"), "--plugins", root);
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("did you mean 'modem-lines'?", unknown.Error);
        DominionProcess.Outcome wrong = await DominionProcess.RunAsync("run", Write("hello.yaml", "    slots: { com1: { acme-uart: console, modem-lines: '{ rts: true }' } }\n"), "--plugins", root);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("error ACME002", wrong.Error);
        Assert.Empty(wrong.Output);
    }

    [Fact]
    public async Task Without_its_plugin_the_manifest_is_refused()
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync("run", Write("hello.yaml", Swap));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("error DOM2009: there is no device 'acme-uart'", outcome.Error);
    }

    [DebianKernelFact]
    public async Task Linuxs_driver_runs_it_and_what_is_typed_ahead_arrives()
    {
        string[] command = ["run", Write("linux.yaml", Swap), "--timeout", "150", "--plugins", Root()];
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync("echo $((6*7))-typed-ahead\npoweroff -f\n", command);
        Assert.Contains("16550A", outcome.Output);
        Assert.Contains("\n42-typed-ahead", outcome.Output);
        Assert.Equal(0, outcome.ExitCode);
    }

    private string Root() => fixture.MakeRoot(("Acme.Uart", fixture.UartFolder));

    /// <summary>A machine that comes with the product, and one line more at its end; beside it, so that its paths lead where they do there.</summary>
    private string Write(string machine, string line)
    {
        string text = File.ReadAllText(Path.Combine(DominionProcess.Root, "machines", machine));
        File.WriteAllText(_manifest, text.TrimEnd() + "\n" + line);
        return _manifest;
    }
}
