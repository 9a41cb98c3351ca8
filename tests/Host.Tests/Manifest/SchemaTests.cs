using System.Text.Json.Nodes;
using Dominion.Diagnostics;
using Dominion.Host.Manifest;
using Dominion.Host.Manifest.Schema;
using Dominion.Host.Tests.Composition;

namespace Dominion.Host.Tests.Manifest;

/// <summary>The generated schema accepts what composes and refuses what an editor should mark.</summary>
public sealed class SchemaTests(CompositionFixture fixture) : IClassFixture<CompositionFixture>
{
    private const string Head = "domains:\n- name: web\n  type: bare\n  memory: 64MiB\n  kernel: k\n  board: test-board\n";

    private readonly SchemaEvaluator _schema = new(SchemaGenerator.Generate(fixture.Catalog, out _));

    [Fact]
    public void HealthyPluginsGiveNoDiagnostics()
    {
        JsonObject schema = SchemaGenerator.Generate(fixture.Catalog, out IReadOnlyList<Diagnostic> diagnostics);
        Assert.Empty(diagnostics);
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema["$schema"]!.GetValue<string>());
    }

    [Fact]
    public void AValidManifestValidates() => Assert.True(IsValid(CompositionFixture.Valid));

    [Theory]
    [InlineData("machine: { memry: 1GiB }\n")]
    [InlineData("machine: { clock: later }\n")]
    [InlineData("machine: { cpu: { model: z80 } }\n")]
    [InlineData("machine: { memory: 64MB }\n")]
    [InlineData("services: { a: { dsik: x } }\n")]
    [InlineData("services: { a: { disk: x, overlay: 5 } }\n")]
    [InlineData("services: { a: { overlay: true } }\n")]
    [InlineData("services: { a: disk }\n")]
    [InlineData("services: { console: switch }\n")]
    [InlineData("services: { a: { disk: { path: x }, overlay: true } }\n")]
    public void AWrongTopIsRefused(string text)
    {
        Assert.Null(fixture.Compose(text + Head).Plan);
        Assert.False(IsValid(text + Head));
    }

    [Theory]
    [InlineData("  kernal: k\n")]
    [InlineData("  vcpus: 0\n")]
    [InlineData("  devices: [ test-uart ]\n")]
    [InlineData("  devices: [ { test-nic: lan0, mode: fast } ]\n")]
    [InlineData("  devices: [ { test-nic: lan0, queues: [ { length: 0 } ] } ]\n")]
    [InlineData("  slots: { com1: { test-uart: , irq: 24 } }\n")]
    public void AWrongDomainIsRefused(string line)
    {
        string text = "services: { lan0: switch }\n" + Head + line;
        Assert.Null(fixture.Compose(text).Plan);
        Assert.False(IsValid(text));
    }

    [Theory]
    [InlineData("  slots: { com1: none, com2: test-uart }\n")]
    [InlineData("  slots: { com1: { test-uart: console, irq: 5 } }\n")]
    [InlineData("  devices: [ plain, { test.plugin/plain: }, { test-uart: { port: 0x3e8 } }, { port: 1000, test-uart: console } ]\n")]
    [InlineData("  devices: [ { test-nic: lan0, seed: 0xffffffffffffffff, buffer: 1.5MiB, mac: 00:16:3e:00:00:01 } ]\n")]
    public void WhatComposesValidates(string line)
    {
        string text = "services: { lan0: switch }\n" + Head + line;
        Assert.Empty(fixture.Compose(text).Diagnostics);
        Assert.True(IsValid(text));
    }

    [Fact]
    public void OptionsAreDescribedWithTheirDefaultsAndBounds()
    {
        string schema = SchemaGenerator.Generate(fixture.Catalog, out _).ToJsonString();
        Assert.Contains("\"The first port.\"", schema, StringComparison.Ordinal);
        Assert.Contains("\"default\":\"half-duplex\"", schema, StringComparison.Ordinal);
        Assert.Contains("\"default\":\"1MiB\"", schema, StringComparison.Ordinal);
        Assert.Contains("\"maximum\":1024", schema, StringComparison.Ordinal);
    }

    private bool IsValid(string yaml)
    {
        ManifestDocument? document = ManifestReader.Parse(System.Text.Encoding.UTF8.GetBytes(yaml), "/manifests/test.yaml", [], out IReadOnlyList<Diagnostic> diagnostics);
        Assert.Empty(diagnostics);
        return _schema.IsValid(ManifestJson.From(document!.Root));
    }
}
