using Dominion.Diagnostics;
using Dominion.Host.Composition;
using Dominion.Host.Manifest;
using Dominion.Host.Manifest.Schema;
using Dominion.Host.Plugins;
using Dominion.Host.Tests.Composition.TestPlugin;
using Dominion.Host.Tests.Manifest;

namespace Dominion.Host.Tests.Composition;

public sealed class SplitDeviceTests(CompositionFixture fixture) : IClassFixture<CompositionFixture>
{
    private const string Head = "services: { root: { disk: x }, lan0: switch }\ndomains:\n- name: a\n  type: split\n  memory: 4MiB\n";

    [Fact]
    public void DevicesOfATypeThatTakesThemAreBackends()
    {
        CompositionResult result = fixture.Compose(Head + "  devices:\n  - { test-vbd: root, number: 5, backend: Domain-0 }\n  - { test-vbd: { disk: root, backend: Domain-0 } }\n  - { test-vbd: root }\n");
        Assert.Empty(result.Diagnostics);
        DomainPlan domain = result.Plan!.Domains[0];
        Assert.Empty(domain.Devices);
        Assert.Equal([("test-vbd0", "vbd", 5), ("test-vbd1", "vbd", 1), ("test-vbd2", "vbd", 2)], domain.SplitDevices.Select(device => (device.Name, device.DeviceClass, device.DeviceNumber)));
        Assert.All(domain.SplitDevices, device => Assert.IsType<TestBackendFactory>(device.Factory));
        Assert.Equal(new TestBackendOptions { Disk = new("root"), Number = 5 }, domain.SplitDevices[0].Options);
    }

    [Fact]
    public void ATypeWithABoardAndSplitDevicesTakesBothKinds()
    {
        string text = Head.Replace("split", "mixed", StringComparison.Ordinal) + "  board: test-board\n  devices: [ plain, { test-vbd: root }, { test-nic: lan0 } ]\n";
        DomainPlan domain = fixture.Compose(text).Plan!.Domains[0];
        Assert.Equal(["com1", "plain0", "test-nic0"], domain.Devices.Select(device => device.Name).Order());
        Assert.Equal(["test-vbd0"], domain.SplitDevices.Select(device => device.Name));
        Assert.True(IsValid(text));
    }

    [Theory]
    [InlineData("{ test-vbdd: root }", PluginDiagnosticIds.NoSuchExport, "did you mean 'test-vbd'?")]
    [InlineData("plain", PluginDiagnosticIds.NoSuchExport, "there is test-vbd")]
    [InlineData("{ test-vbd: lan0 }", ManifestDiagnosticIds.WrongService, "there is root")]
    [InlineData("{ test-vbd: nowhere }", ManifestDiagnosticIds.NoSuchService, "there is root")]
    [InlineData("{ test-vbd: root, nmber: 1 }", ManifestDiagnosticIds.UnknownKey, "did you mean 'number'?")]
    [InlineData("test-vbd", ManifestDiagnosticIds.MissingKey, null)]
    [InlineData("{ test-vbd: root, backend: other }", ManifestDiagnosticIds.NoSuchBackendDomain, "write Domain-0, or leave the key out")]
    [InlineData("{ test-vbd: root, backend: [ Domain-0 ] }", ManifestDiagnosticIds.NoSuchBackendDomain, "write Domain-0, or leave the key out")]
    [InlineData("{ test-vbd: root, number: -1 }", PluginDiagnosticIds.PluginThrew, null)]
    [InlineData("{ test-vbd: root, number: 13 }", "TEST13", null)]
    public void AWrongDeviceIsRefusedWithItsPlace(string device, string id, string? suggestion)
    {
        Diagnostic diagnostic = fixture.Refuse($"{Head}  devices: [ {device} ]\n");
        Assert.Equal(id, diagnostic.Id);
        Assert.Equal(6, diagnostic.Location!.Value.Line);
        if (suggestion is not null)
            Assert.Equal(suggestion, diagnostic.Suggestion);
    }

    [Fact]
    public void ANumberBelongsToOneDeviceOfADomain()
    {
        Diagnostic diagnostic = fixture.Refuse(Head + "  devices:\n  - { test-vbd: root, number: 1 }\n  - { test-vbd: root }\n");
        Assert.Equal((ManifestDiagnosticIds.DuplicateDevice, 8, "the first is at line 7"), (diagnostic.Id, diagnostic.Location!.Value.Line, diagnostic.Suggestion));
    }

    [Fact]
    public void AllProblemsAreToldAtOnce()
    {
        CompositionResult result = fixture.Compose(Head + "  devices:\n  - vbdd\n  - { test-vbd: root, backend: x }\n  - { test-vbd: y }\n");
        Assert.Null(result.Plan);
        Assert.Equal(
            [ManifestDiagnosticIds.NoSuchService, ManifestDiagnosticIds.NoSuchBackendDomain, PluginDiagnosticIds.NoSuchExport],
            result.Diagnostics.Select(diagnostic => diagnostic.Id).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("split", "  board: test-board\n")]
    [InlineData("split", "  slots: { com1: none }\n")]
    [InlineData("boardless", "  devices: [ { test-vbd: root } ]\n")]
    public void KeysThatTheTypeHasNoUseForAreRefused(string type, string line)
    {
        string text = Head.Replace("split", type, StringComparison.Ordinal) + line;
        Assert.Equal(ManifestDiagnosticIds.NotForThisType, fixture.Refuse(text).Id);
        Assert.False(IsValid(text));
    }

    [Theory]
    [InlineData("{ test-vbd: root, number: 5, backend: Domain-0 }", true)]
    [InlineData("{ test-vbd: { disk: root, backend: Domain-0 } }", true)]
    [InlineData("{ test-vbd: , disk: root, backend: Domain-0 }", true)]
    [InlineData("{ test-vbd: root, backend: other }", false)]
    [InlineData("test-vbd", false)]
    [InlineData("plain", false)]
    public void TheSchemaKnowsSplitDevices(string device, bool valid)
    {
        string text = $"{Head}  devices: [ {device} ]\n";
        Assert.Equal(valid, IsValid(text));
        Assert.Equal(valid, fixture.Compose(text).Plan is not null);
    }

    private bool IsValid(string yaml)
    {
        ManifestDocument? document = ManifestReader.Parse(System.Text.Encoding.UTF8.GetBytes(yaml), "/manifests/test.yaml", [], out IReadOnlyList<Diagnostic> diagnostics);
        Assert.Empty(diagnostics);
        return new SchemaEvaluator(SchemaGenerator.Generate(fixture.Catalog, out _)).IsValid(ManifestJson.From(document!.Root));
    }
}
