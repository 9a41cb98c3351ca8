using System.Text;
using Dominion.Diagnostics;
using Dominion.Host.Composition;
using Dominion.Host.Tests.Composition;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Host.Tests.Manifest;

/// <summary>Any mutation of a valid manifest gives diagnostics or a valid plan, never an exception.</summary>
public sealed class ManifestPropertyTests(CompositionFixture fixture) : IClassFixture<CompositionFixture>
{
    private const string Json =
        """{ "machine": { "cpu": { "features": ["avx"] } }, "services": { "lan0": { "switch": {} }, "d": { "disk": "x", "overlay": true } }, "domains": [ { "name": "a", "type": "bare", "memory": "4MiB", "kernel": "k", "board": "test-board", "slots": { "com2": "none" }, "devices": [ { "test-nic": "lan0", "seed": 7, "loss": 0.5 } ] } ] }""";

    private static readonly string[] Fragments =
    [
        "{", "}", "[", "]", ":", ": ", ",", "- ", "\n", "  ", "\t", "&a ", "*a", "!!int ", "|", ">", "\"", "'", "#", "%", "@", "`", "? ", "---\n", "...", "\\", "\0", "\u2028", "é",
        "null", "~", "true", "false", "0", "-1", "1e999", "0x", "0xffffffffffffffffff", "99999999999999999999999999999", "1.5GiB", "NaN", ".inf", "", "none", "console",
        "disk", "switch", "test-nic", "plain", "lan0", "web", "test.plugin/plain", "/", "a/b/c", "bare", "memory", "name", "<<", "machine: {}", "domains",
    ];

    [Fact]
    public void AMutatedManifestIsRefusedOrComposes()
    {
        Gen<int[]> seeds = Gen.ArrayOf(Gen.Choose(0, int.MaxValue)).Resize(12);
        Prop.ForAll(seeds.ToArbitrary(), edits => IsAnswered(Mutate(CompositionFixture.Valid, edits), "yaml") && IsAnswered(Mutate(Json, edits), "json"))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1500));
    }

    [Fact]
    public void AnyBytesAreAnswered() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            foreach (string extension in new[] { "yaml", "json" })
                Check(Composer.ComposeText(bytes, $"/manifests/test.{extension}", [], fixture.Catalog, new HostLimits(8UL << 30)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void AnyOverrideIsAnswered() =>
        Prop.ForAll(Gen.ArrayOf(Gen.Elements([.. Fragments, ".", "=", "[0]", "[1]", "domains", "web", "devices"])).ToArbitrary(), parts =>
        {
            string argument = string.Concat(parts);
            Check(fixture.Compose(CompositionFixture.Valid, argument));
            Check(fixture.Compose(CompositionFixture.Valid, $"domains.web.{argument}", $"machine={argument}"));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private bool IsAnswered(string text, string extension)
    {
        Check(Composer.ComposeText(Encoding.UTF8.GetBytes(text), $"/manifests/test.{extension}", [], fixture.Catalog, new HostLimits(8UL << 30)));
        return true;
    }

    /// <summary>A plan without an error, or errors without a plan.</summary>
    private static void Check(CompositionResult result)
    {
        bool errors = result.Diagnostics.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.Equal(errors, result.Plan is null);
        Assert.NotEqual(0, result.Plan?.Domains.Count);
        Assert.All(result.Diagnostics, diagnostic => Assert.Matches(@"^DOM[12]\d{3}$", diagnostic.Id));
    }

    /// <summary>Deletes, doubles, swaps and inserts pieces of the text.</summary>
    private static string Mutate(string text, int[] edits)
    {
        var random = new System.Random(edits.Aggregate(17, (hash, edit) => unchecked((hash * 31) + edit)));
        var mutated = new StringBuilder(text);
        foreach (int edit in edits)
        {
            int at = edit % (mutated.Length + 1);
            int length = Math.Min(random.Next(1, 12), mutated.Length - at);
            switch (random.Next(5))
            {
                case 0:
                    mutated.Remove(at, length);
                    break;
                case 1:
                    mutated.Insert(at, Fragments[random.Next(Fragments.Length)]);
                    break;
                case 2:
                    mutated.Insert(at, mutated.ToString(at, length));
                    break;
                case 3:
                    mutated.Remove(at, length).Insert(at, Fragments[random.Next(Fragments.Length)]);
                    break;
                default:
                    mutated.Insert(random.Next(mutated.Length + 1), mutated.ToString(at, length));
                    break;
            }
        }

        return mutated.ToString();
    }
}
