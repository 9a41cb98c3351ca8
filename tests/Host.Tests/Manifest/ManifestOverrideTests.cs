using Dominion.Diagnostics;
using Dominion.Host.Composition;
using Dominion.Host.Manifest;
using Dominion.Host.Tests.Composition;
using Dominion.Host.Tests.Composition.TestPlugin;
using Dominion.Plugins;

namespace Dominion.Host.Tests.Manifest;

/// <summary><c>--set</c>.</summary>
public sealed class ManifestOverrideTests(CompositionFixture fixture) : IClassFixture<CompositionFixture>
{
    [Theory]
    [InlineData("domains.web.memory=512MiB")]
    [InlineData("domains[0].memory=512MiB")]
    [InlineData(" domains[0].memory = 0x20000000")]
    public void AnItemIsAddressedByNameOrIndex(string argument) =>
        Assert.Equal(512UL << 20, Plan(argument).Domains[0].MemoryBytes);

    [Fact]
    public void ADeviceIsAddressedByItsExport() =>
        Assert.Equal(9UL, ((TestNicOptions)Plan("domains.web.devices.test-nic.seed=9").Domains[0].Devices[1].Options!).Seed);

    [Fact]
    public void WhatIsNotThereIsMade()
    {
        MachinePlan plan = Plan("machine.memory=1GiB", "services.more={ disk: other.img }", "domains[2]={ name: third, type: boardless, memory: 4MiB }");
        Assert.Equal((1UL << 30) + Composer.MemoryMargin, plan.MemoryBytes);
        Assert.Equal(new FilePath("/manifests/other.img"), ((TestDiskOptions)plan.Services[2].Options!).Path);
        Assert.Equal("third", plan.Domains[2].Name);
    }

    [Fact]
    public void AShorthandIsWidened()
    {
        DomainPlan web = Plan("domains.web.board=test-board", "domains.web.board.test-board.second-port=true", "domains.web.slots.com2=test-uart").Domains[0];
        Assert.True(((TestBoardOptions)web.Board!.Options!).SecondPort);
        Assert.Equal(["com1", "com2"], web.Devices.Where(device => device.Slot is not null).Select(device => device.Name));
    }

    [Fact]
    public void TheLastOneWins() => Assert.Equal(3, Plan("domains.web.vcpus=2", "domains.web.vcpus=3").Domains[0].VcpuCount);

    [Fact]
    public void AListIsReplacedAsAWhole() => Assert.Equal(["avx"], Plan("machine.cpu.features=[avx]").Cpu.Features);

    [Theory]
    [InlineData("domains", ManifestDiagnosticIds.BadOverride)]
    [InlineData("=5", ManifestDiagnosticIds.BadOverride)]
    [InlineData("domains..x=5", ManifestDiagnosticIds.BadOverride)]
    [InlineData("[0]=5", ManifestDiagnosticIds.BadOverride)]
    [InlineData("domains[x]=5", ManifestDiagnosticIds.BadOverride)]
    [InlineData("domains[-1]=5", ManifestDiagnosticIds.BadOverride)]
    [InlineData("domains[0]x=5", ManifestDiagnosticIds.BadOverride)]
    [InlineData("domains.wep.memory=5", ManifestDiagnosticIds.OverridePath)]
    [InlineData("domains[7].memory=5", ManifestDiagnosticIds.OverridePath)]
    [InlineData("domains.web.memory.size=5", ManifestDiagnosticIds.OverridePath)]
    [InlineData("machine[0]=5", ManifestDiagnosticIds.OverridePath)]
    [InlineData("domains.web.memory=[", ManifestDiagnosticIds.Syntax)]
    [InlineData("domains.web.memory=*x", ManifestDiagnosticIds.UnsupportedYaml)]
    [InlineData("domains.web.memory=lots", ManifestDiagnosticIds.WrongType)]
    [InlineData("domains.web.memry=1GiB", ManifestDiagnosticIds.UnknownKey)]
    [InlineData("domains.web.memory=", ManifestDiagnosticIds.MissingKey)]
    [InlineData("domains.web.name=", ManifestDiagnosticIds.WrongType)]
    public void AWrongOneIsNamed(string argument, string id)
    {
        CompositionResult result = fixture.Compose(CompositionFixture.Valid, argument);
        Assert.Null(result.Plan);
        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal(id, diagnostic.Id);
        Assert.Equal($"--set {argument}", diagnostic.Location.ToString());
    }

    [Fact]
    public void AMissedNameIsSuggested() =>
        Assert.Equal("did you mean 'web'?", fixture.Refuse(CompositionFixture.Valid, "domains.wep.memory=5").Suggestion);

    private MachinePlan Plan(params string[] overrides)
    {
        CompositionResult result = fixture.Compose(CompositionFixture.Valid, overrides);
        Assert.Empty(result.Diagnostics);
        return result.Plan!;
    }
}
