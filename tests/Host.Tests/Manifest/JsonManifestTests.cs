using System.Text;
using Dominion.Diagnostics;
using Dominion.Host.Composition;
using Dominion.Host.Manifest;
using Dominion.Host.Tests.Composition;

namespace Dominion.Host.Tests.Manifest;

/// <summary>JSON gives the same model and the same diagnostics as YAML.</summary>
public sealed class JsonManifestTests(CompositionFixture fixture) : IClassFixture<CompositionFixture>
{
    private const string Domain = """{ "name": "a", "type": "boardless", "memory": "4MiB" }""";

    [Fact]
    public void TheSameManifestGivesTheSamePlan()
    {
        CompositionResult result = fixture.ComposeAs("/manifests/test.json", $$"""{ "machine": { "clock": "virtual", "memory": null }, "domains": [ {{Domain}} ] }""");
        Assert.Empty(result.Diagnostics);
        Assert.Equal((ClockKind.Virtual, 4UL << 20), (result.Plan!.Clock, result.Plan.Domains[0].MemoryBytes));
    }

    [Theory]
    [InlineData("{ \"domains\": [],\n }", ManifestDiagnosticIds.Syntax, 2, 2)]
    [InlineData("{ // no\n}", ManifestDiagnosticIds.Syntax, 1, 3)]
    [InlineData("{\n  \"domains\": [ { \"name\": 'a' } ] }", ManifestDiagnosticIds.Syntax, 2, 26)]
    [InlineData("", ManifestDiagnosticIds.Syntax, 1, 1)]
    [InlineData("{} {}", ManifestDiagnosticIds.Syntax, 1, 4)]
    [InlineData("[]", ManifestDiagnosticIds.WrongType, 1, 1)]
    [InlineData("{ \"\\ud800\": 1 }", ManifestDiagnosticIds.Syntax, 1, 3)]
    [InlineData("{\n \"a\": 1,\n \"é\": 2, \"a\": 3 }", ManifestDiagnosticIds.DuplicateKey, 3, 10)]
    public void WhatIsNoJsonIsRefusedWithItsPlace(string text, string id, int line, int column)
    {
        CompositionResult result = fixture.ComposeAs("/manifests/test.json", text);
        Assert.Null(result.Plan);
        Assert.Equal(id, result.Diagnostics[0].Id);
        Assert.Equal(new SourceLocation("/manifests/test.json", line, column), result.Diagnostics[0].Location);
    }

    [Fact]
    public void APlaceCountsCharacters()
    {
        Diagnostic diagnostic = Assert.Single(fixture.ComposeAs("/manifests/test.json", $$"""{ "machine": { "é": 1 }, "domains": [ {{Domain}} ] }""").Diagnostics);
        Assert.Equal((ManifestDiagnosticIds.UnknownKey, 1, 16), (diagnostic.Id, diagnostic.Location!.Value.Line, diagnostic.Location.Value.Column));
    }

    [Fact]
    public void AByteOrderMarkIsSkipped()
    {
        byte[] text = [0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes($$"""{ "domains": [ {{Domain}} ] }""")];
        Assert.NotNull(Composer.ComposeText(text, "/manifests/test.json", [], fixture.Catalog).Plan);
    }
}
