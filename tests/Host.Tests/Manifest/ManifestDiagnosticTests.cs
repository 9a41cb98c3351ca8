using Dominion.Diagnostics;
using Dominion.Host.Composition;
using Dominion.Host.Manifest;
using Dominion.Host.Plugins;
using Dominion.Host.Tests.Composition;

namespace Dominion.Host.Tests.Manifest;

/// <summary>What is wrong with a manifest is said with an id, a place and what would be right.</summary>
public sealed class ManifestDiagnosticTests(CompositionFixture fixture) : IClassFixture<CompositionFixture>
{
    private const string Head = "domains:\n- name: web\n  type: bare\n  memory: 64MiB\n  kernel: k\n  board: test-board\n";
    private const string Switch = "services: { lan0: switch }\n";

    [Theory]
    [InlineData("machine: { memry: 1GiB }\n", ManifestDiagnosticIds.UnknownKey, 1, 12, "did you mean 'memory'?")]
    [InlineData("machine: { clock: vitual }\n", ManifestDiagnosticIds.UnknownChoice, 1, 19, "did you mean 'virtual'?")]
    [InlineData("machine: 5\n", ManifestDiagnosticIds.WrongType, 1, 10, null)]
    [InlineData("machine: { cpu: { model: x86-64-v4 } }\n", ManifestDiagnosticIds.UnknownModel, 1, 26, "did you mean 'x86-64-v2'?")]
    [InlineData("machine: { cpu: { engine: jit } }\n", ManifestDiagnosticIds.UnknownEngine, 1, 27, "there are auto, interpreter")]
    [InlineData("machine: { cpu: { features: [avx, avx] } }\n", ManifestDiagnosticIds.DuplicateKey, 1, 35, null)]
    [InlineData("machine: { cpu: { features: [pcdi] } }\n", ManifestDiagnosticIds.UnknownFeature, 1, 30, "did you mean 'pcid'?")]
    [InlineData("machine: { cpu: { features: [later-extension] } }\n", ManifestDiagnosticIds.ExtensionUnavailable, 1, 30, null)]
    [InlineData("machine: { cpu: { core: arm } }\n", PluginDiagnosticIds.NoSuchExport, 1, 25, "there is x86")]
    [InlineData("machine: { memory: 32MiB }\n", ManifestDiagnosticIds.MachineTooSmall, 1, 20, "raise 'machine.memory', or leave it out: it is then what the domains need")]
    [InlineData("machine: { memory: 9GiB }\n", ManifestDiagnosticIds.TooMuchMemory, 1, 20, null)]
    [InlineData("machine: { memory: 2TiB }\n", ManifestDiagnosticIds.OutOfRange, 1, 20, "from 4KiB to 1024GiB")]
    [InlineData("machine: { memory: 64MB }\n", ManifestDiagnosticIds.WrongType, 1, 20, "did you mean '64MiB'?")]
    [InlineData("machine: { memory: 100000001 }\n", ManifestDiagnosticIds.OutOfRange, 1, 20, null)]
    [InlineData("services: { a: { dsik: x } }\n", PluginDiagnosticIds.NoSuchExport, 1, 18, "did you mean 'disk'?")]
    [InlineData("services: { a: { overlay: true, dsik: x } }\n", PluginDiagnosticIds.NoSuchExport, 1, 33, "did you mean 'disk'?")]
    [InlineData("services: { a: {} }\n", ManifestDiagnosticIds.NoExport, 1, 16, "there are disk, switch")]
    [InlineData("services: { a: { disk: x, switch: } }\n", ManifestDiagnosticIds.SeveralExports, 1, 27, "write one entry for each")]
    [InlineData("services: { a: { disk: x, path: y } }\n", ManifestDiagnosticIds.DuplicateKey, 1, 27, null)]
    [InlineData("services: { a: { disk: { path: x }, overlay: true } }\n", ManifestDiagnosticIds.MixedOptions, 1, 37, "write all of them in one place")]
    [InlineData("services: { a: disk }\n", ManifestDiagnosticIds.MissingKey, 1, 16, null)]
    [InlineData("services: { a: { switch: 5 } }\n", ManifestDiagnosticIds.NoOptions, 1, 26, null)]
    [InlineData("services: { a: { disk: x, overlay: \"true\" } }\n", ManifestDiagnosticIds.WrongType, 1, 36, null)]
    [InlineData("services: { a: { disk: x, sector-size: 8KiB } }\n", ManifestDiagnosticIds.OutOfRange, 1, 40, "from 512 to 4KiB")]
    [InlineData("services: { a: { disk: [x] } }\n", ManifestDiagnosticIds.WrongType, 1, 24, null)]
    [InlineData("services: { console: switch }\n", ManifestDiagnosticIds.BadName, 1, 13, null)]
    [InlineData("services: { a: switch, a: switch }\n", ManifestDiagnosticIds.DuplicateKey, 1, 24, "the first is at line 1, column 13")]
    [InlineData("plugins: [ not-there ]\n", PluginDiagnosticIds.RootMissing, 1, 12, null)]
    [InlineData("a: &x 1\n", ManifestDiagnosticIds.UnsupportedYaml, 1, 4, "remove it")]
    public void AtTheTop(string text, string id, int line, int column, string? suggestion)
    {
        // The anchor's key is unknown too; the first diagnostic is the parser's.
        CompositionResult result = fixture.Compose(text + Head);
        Assert.Null(result.Plan);
        Check(id == ManifestDiagnosticIds.UnsupportedYaml ? result.Diagnostics[0] : OneByOne(result, id), id, line, column, suggestion);
    }

    [Theory]
    [InlineData("  vcpus: 0\n", ManifestDiagnosticIds.OutOfRange, 10, "from 1 to 255")]
    [InlineData("  vcpus: two\n", ManifestDiagnosticIds.WrongType, 10, null)]
    [InlineData("  vcpus: 99999999999999999999999999999999999999999\n", ManifestDiagnosticIds.WrongType, 10, null)]
    [InlineData("  kernal: k\n", ManifestDiagnosticIds.UnknownKey, 3, "did you mean 'kernel'?")]
    [InlineData("  ram-disk: ''\n", ManifestDiagnosticIds.WrongType, 13, null)]
    [InlineData("  console: lan0\n", ManifestDiagnosticIds.WrongService, 12, "there is console")]
    [InlineData("  console: nowhere\n", ManifestDiagnosticIds.NoSuchService, 12, "there is console")]
    [InlineData("  cpu: { core: x86 }\n", ManifestDiagnosticIds.UnknownKey, 10, "there are model, engine, features")]
    [InlineData("  cpu: { model: x }\n", ManifestDiagnosticIds.UnknownModel, 17, "there are x86-64-v2, x86-64-v3")]
    [InlineData("  slots: { com3: none }\n", ManifestDiagnosticIds.UnknownSlot, 12, "did you mean 'com1'?")]
    [InlineData("  slots: { com1: test-uarts }\n", PluginDiagnosticIds.NoSuchExport, 18, "did you mean 'test-uart'?")]
    [InlineData("  slots: { com1: { test-uart: , irq: 24 } }\n", ManifestDiagnosticIds.OutOfRange, 38, "from 0 to 23")]
    [InlineData("  slots: { com1: { test-uart: , port: 0x10000 } }\n", ManifestDiagnosticIds.OutOfRange, 39, "from 0 to 65535")]
    [InlineData("  devices: [ test-uart ]\n", ManifestDiagnosticIds.MissingKey, 14, "The first port.")]
    [InlineData("  devices: [ { test-nic: lan } ]\n", ManifestDiagnosticIds.NoSuchService, 26, "did you mean 'lan0'?")]
    [InlineData("  devices: [ { test-nic: lan0, mac: 1:2 } ]\n", ManifestDiagnosticIds.WrongType, 37, null)]
    [InlineData("  devices: [ { test-nic: lan0, mode: fulduplex } ]\n", ManifestDiagnosticIds.UnknownChoice, 38, "did you mean 'full-duplex'?")]
    [InlineData("  devices: [ { test-nic: lan0, queues: [ { length: 0 } ] } ]\n", ManifestDiagnosticIds.OutOfRange, 52, "from 1 to 1024")]
    [InlineData("  devices: [ { test-nic: lan0, queues: { length: 1 } } ]\n", ManifestDiagnosticIds.WrongType, 40, null)]
    [InlineData("  devices: [ { test-nic: lan0, filters: [ 1, x ] } ]\n", ManifestDiagnosticIds.WrongType, 46, null)]
    [InlineData("  devices: [ { plain: , x: 1 } ]\n", ManifestDiagnosticIds.NoOptions, 25, null)]
    [InlineData("  devices: [ 5 ]\n", PluginDiagnosticIds.NoSuchExport, 14, "there are plain, test-nic, test-uart")]
    [InlineData("  devices: plain\n", ManifestDiagnosticIds.WrongType, 12, null)]
    public void InADomain(string line, string id, int column, string? suggestion)
    {
        CompositionResult result = fixture.Compose(Switch + Head + line);
        Assert.Null(result.Plan);
        Check(OneByOne(result, id), id, 8, column, suggestion);
    }

    [Theory]
    [InlineData("domains: []\n", ManifestDiagnosticIds.MissingKey)]
    [InlineData("domains:\n", ManifestDiagnosticIds.MissingKey)]
    [InlineData("machine: {}\n", ManifestDiagnosticIds.MissingKey)]
    [InlineData("domains: [ 5 ]\n", ManifestDiagnosticIds.WrongType)]
    [InlineData("", ManifestDiagnosticIds.WrongType)]
    [InlineData("just a text", ManifestDiagnosticIds.WrongType)]
    [InlineData("domains: [\n", ManifestDiagnosticIds.Syntax)]
    [InlineData("domains: []\n---\ndomains: []\n", ManifestDiagnosticIds.UnsupportedYaml)]
    [InlineData("domains: [ *x ]\n", ManifestDiagnosticIds.UnsupportedYaml)]
    [InlineData("? [a]\n: b\n", ManifestDiagnosticIds.UnsupportedYaml)]
    [InlineData("domains: !!set {}\n", ManifestDiagnosticIds.UnsupportedYaml)]
    public void OfTheWholeText(string text, string id)
    {
        CompositionResult result = fixture.Compose(text);
        Assert.Null(result.Plan);
        Assert.Equal(id, result.Diagnostics[0].Id);
        Assert.NotNull(result.Diagnostics[0].Location);
    }

    [Fact]
    public void TheBoardsKeysAreRefusedWhereThereIsNoBoard()
    {
        CompositionResult result = fixture.Compose("domains: [ { name: a, type: boardless, memory: 4MiB, board: test-board, slots: {}, devices: [] } ]");
        Assert.Equal([54, 73, 84], result.Diagnostics.Select(diagnostic => diagnostic.Location!.Value.Column));
        Assert.All(result.Diagnostics, diagnostic => Assert.Equal(ManifestDiagnosticIds.NotForThisType, diagnostic.Id));
    }

    [Fact]
    public void ABoardIsNeededWhereTheTypeSitsOnOne()
    {
        Diagnostic diagnostic = fixture.Refuse("domains: [ { name: a, type: bare, memory: 4MiB, kernel: k } ]");
        Assert.Equal((ManifestDiagnosticIds.MissingKey, "there is test-board"), (diagnostic.Id, diagnostic.Suggestion));
    }

    [Fact]
    public void ABoardThatThrowsIsADiagnostic()
    {
        Diagnostic diagnostic = fixture.Refuse("domains: [ { name: a, type: bare, memory: 4MiB, kernel: k, board: { test-board: { throw: true } } } ]");
        Assert.Equal(PluginDiagnosticIds.PluginThrew, diagnostic.Id);
        Assert.Contains("no slots today", diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoDomainsOfANameAreRefused()
    {
        Diagnostic diagnostic = fixture.Refuse("domains:\n- { name: a, type: boardless, memory: 4MiB }\n- { name: a, type: boardless, memory: 4MiB }\n");
        Check(diagnostic, ManifestDiagnosticIds.DuplicateDomain, 3, 11, "the first is at line 2");
    }

    [Fact]
    public void ATypeThatIsNotThereIsAnsweredWithThoseThatAre()
    {
        Diagnostic diagnostic = fixture.Refuse("domains: [ { name: a, type: pv, memory: 4MiB } ]");
        Check(diagnostic, PluginDiagnosticIds.NoSuchExport, 1, 29, "there are bare, boardless, mixed, split");
    }

    [Fact]
    public void AllProblemsAreReportedAtOnce()
    {
        CompositionResult result = fixture.Compose("machne: 1\nservices: { a: { disk: x, overly: 1 } }\ndomains:\n- { name: web, type: bare, memory: 1, kernl: k, board: test-board, devices: [ nothing ], slots: { com9: none } }\n");
        Assert.Equal(
            [
                ManifestDiagnosticIds.UnknownKey, ManifestDiagnosticIds.OutOfRange, ManifestDiagnosticIds.UnknownKey, ManifestDiagnosticIds.UnknownKey,
                ManifestDiagnosticIds.MissingKey, PluginDiagnosticIds.NoSuchExport, ManifestDiagnosticIds.UnknownSlot,
            ],
            result.Diagnostics.Select(diagnostic => diagnostic.Id));
    }

    [Fact]
    public void AnExportIsFoundWhateverTheOrderOfItsKeys() =>
        Assert.NotNull(fixture.Compose("services: { root: { overlay: true, disk: x } }\n" + Head).Plan);

    [Fact]
    public void AFileThatIsNotThereOrNoFileIsUnreadable()
    {
        foreach (string path in new[] { "/not/there.yaml", "/", "a\0b" })
        {
            CompositionResult result = Composer.Compose(path, [], fixture.Catalog);
            Assert.Null(result.Plan);
            Assert.Equal(ManifestDiagnosticIds.Unreadable, Assert.Single(result.Diagnostics).Id);
        }
    }

    private static Diagnostic OneByOne(CompositionResult result, string id)
    {
        Assert.Equal([id], result.Diagnostics.Select(diagnostic => diagnostic.Id));
        return result.Diagnostics[0];
    }

    private static void Check(Diagnostic diagnostic, string id, int line, int column, string? suggestion)
    {
        Assert.Equal(id, diagnostic.Id);
        Assert.Equal(new SourceLocation("/manifests/test.yaml", line, column), diagnostic.Location);
        Assert.Equal(suggestion, diagnostic.Suggestion);
    }
}
