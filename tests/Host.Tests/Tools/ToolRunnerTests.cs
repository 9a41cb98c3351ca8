using Dominion.Diagnostics;
using Dominion.Host.Plugins;
using Dominion.Host.Tests.Composition.TestPlugin;
using Dominion.Host.Tools;

namespace Dominion.Host.Tests.Tools;

public sealed class ToolRunnerTests : IDisposable
{
    private readonly PluginCatalog catalog = PluginCatalog.Discover(Array.Empty<string>());
    private readonly ToolRunner runner;

    public ToolRunnerTests()
    {
        catalog.AddAssembly(typeof(TestTool).Assembly);
        runner = new ToolRunner(catalog);
    }

    [Fact]
    public void AToolIsListedWithItsOptions()
    {
        ExportDescriptor tool = Assert.Single(runner.Tools);
        Assert.Equal(("test-tool", "A tool that is tested."), (tool.Name, tool.Summary));
        Assert.Equal(["name", "times", "words"], runner.Options(tool).Select(option => option.Name));
    }

    [Fact]
    public void OptionsAreBoundAsAManifestsAre()
    {
        (int code, string output, IReadOnlyList<Diagnostic> diagnostics) = Run(("name", ["x86"]), ("times", ["2"]), ("words", ["a", "b"]));
        Assert.Empty(diagnostics);
        Assert.Equal(TestTool.Code, code);
        Assert.Equal("a b x86-64-v2 x86-64-v3\na b x86-64-v2 x86-64-v3\n", output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void AllThatIsWrongWithTheOptionsIsReportedAndTheToolDoesNotRun()
    {
        (_, string output, IReadOnlyList<Diagnostic> diagnostics) = Run(("times", ["10"]), ("word", ["a"]));
        Assert.Equal(["DOM1007", "DOM1008", "DOM1009"], diagnostics.Select(diagnostic => diagnostic.Id).Order());
        Assert.Contains(diagnostics, diagnostic => diagnostic.ToString().StartsWith("--times: error DOM1009", StringComparison.Ordinal));
        Assert.Empty(output);
    }

    [Fact]
    public void AnExportThatIsNotThereIsADiagnostic()
    {
        DiagnosticException e = Assert.Throws<DiagnosticException>(() => Run(("name", ["x68"])));
        Assert.Equal("DOM2009", e.Diagnostic.Id);
        Assert.Equal("did you mean 'x86'?", e.Diagnostic.Suggestion);
    }

    public void Dispose() => catalog.Dispose();

    private (int Code, string Output, IReadOnlyList<Diagnostic> Diagnostics) Run(params (string Name, string[] Values)[] values)
    {
        using var output = new StringWriter();
        int code = runner.Run(
            runner.Tools[0],
            values.ToDictionary(value => value.Name, value => (IReadOnlyList<string>)value.Values),
            output,
            TextWriter.Null,
            CancellationToken.None,
            out IReadOnlyList<Diagnostic> diagnostics);
        return (code, output.ToString(), diagnostics);
    }
}
