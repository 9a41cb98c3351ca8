using System.Diagnostics;
using System.Text;
using Dominion.Host.Composition;
using Dominion.Host.Manifest;
using Dominion.Host.Tests.Composition;

namespace Dominion.Host.Tests.Manifest;

/// <summary>A hostile text costs little: it is refused, soon, and by a diagnostic.</summary>
public sealed class ManifestBoundsTests(CompositionFixture fixture) : IClassFixture<CompositionFixture>
{
    public static TheoryData<string, string, string> Texts => new()
    {
        { "yaml", new string('[', 500_000), ManifestDiagnosticIds.TooLarge },
        { "yaml", string.Concat(Enumerable.Repeat("{a: ", 200_000)), ManifestDiagnosticIds.TooLarge },
        { "yaml", string.Concat(Enumerable.Repeat("- ", 200_000)), ManifestDiagnosticIds.TooLarge },
        { "yaml", string.Concat(Enumerable.Repeat("? ", 200_000)), ManifestDiagnosticIds.TooLarge },
        { "yaml", new string(' ', 2 << 20), ManifestDiagnosticIds.TooLarge },
        { "yaml", "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", ManifestDiagnosticIds.UnsupportedYaml },
        { "yaml", "a: \"" + new string('x', 900_000), ManifestDiagnosticIds.Syntax },
        { "yaml", string.Concat(Enumerable.Range(0, 80_000).Select(i => $"k{i}: 1\n")), ManifestDiagnosticIds.UnknownKey },
        { "json", new string('[', 500_000), ManifestDiagnosticIds.TooLarge },
        { "json", string.Concat(Enumerable.Repeat("{\"a\":", 200_000)), ManifestDiagnosticIds.TooLarge },
        { "json", "{" + string.Join(',', Enumerable.Range(0, 80_000).Select(i => $"\"k{i}\":1")) + "}", ManifestDiagnosticIds.UnknownKey },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void AHostileTextIsRefusedSoon(string extension, string text, string id)
    {
        var watch = Stopwatch.StartNew();

        CompositionResult result = fixture.ComposeAs($"/manifests/test.{extension}", text);

        Assert.Null(result.Plan);
        Assert.Equal(id, result.Diagnostics[0].Id);
        Assert.True(result.Diagnostics.Count <= 201, $"{result.Diagnostics.Count} diagnostics");
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"it took {watch.Elapsed}");
    }

    [Fact]
    public void AnEndlessFileIsNotReadToItsEnd()
    {
        CompositionResult result = Composer.Compose("/dev/zero", [], fixture.Catalog);
        Assert.Equal(ManifestDiagnosticIds.TooLarge, Assert.Single(result.Diagnostics).Id);
    }

    [Fact]
    public void WhatIsNotUtf8IsRefused()
    {
        byte[] text = [.. Encoding.UTF8.GetBytes("domains: "), 0xff];
        CompositionResult result = Composer.ComposeText(text, "/manifests/test.yaml", [], fixture.Catalog);
        Assert.Equal(ManifestDiagnosticIds.Syntax, Assert.Single(result.Diagnostics).Id);
    }
}
