using System.Text.Json.Nodes;
using Dominion.Diagnostics;
using Dominion.Host.Manifest;
using Dominion.Host.Tests.Manifest;

namespace Dominion.Cli.Tests;

/// <summary>The manifests that come with the product, against the built-in plugins.</summary>
public sealed class MachinesTests
{
    public static TheoryData<string> Machines => new(Directory.GetFiles(Path.Combine(DominionProcess.Root, "machines"), "*.yaml").Select(path => Path.GetFileName(path)));

    [Theory]
    [MemberData(nameof(Machines))]
    public async Task It_is_valid(string machine)
    {
        DominionProcess.Outcome outcome = await DominionProcess.RunAsync("validate", PathOf(machine));
        Assert.Equal("", outcome.Error);
        Assert.Equal(0, outcome.ExitCode);
        Assert.EndsWith(": valid\n", outcome.Output);
    }

    [Theory]
    [MemberData(nameof(Machines))]
    public async Task An_editor_with_the_schema_finds_nothing_wrong_with_it(string machine)
    {
        SchemaEvaluator schema = new((JsonObject)JsonNode.Parse((await DominionProcess.RunAsync("schema")).Output)!);
        ManifestDocument? document = ManifestReader.Parse(await File.ReadAllBytesAsync(PathOf(machine)), machine, [], out IReadOnlyList<Diagnostic> diagnostics);
        Assert.Empty(diagnostics);
        JsonObject manifest = (JsonObject)ManifestJson.From(document!.Root)!;
        Assert.True(schema.IsValid(manifest));
        manifest["domains"]![0]!["kernal"] = "misspelled";
        Assert.False(schema.IsValid(manifest));
    }

    private static string PathOf(string machine) => Path.Combine(DominionProcess.Root, "machines", machine);
}
