using Dominion.Devices;
using Dominion.Host.Composition;
using Dominion.Host.Tests.Composition.TestPlugin;
using Dominion.Plugins;

namespace Dominion.Host.Tests.Composition;

public sealed class ComposerTests(CompositionFixture fixture) : IClassFixture<CompositionFixture>
{
    [Fact]
    public void AValidManifestBecomesAPlan()
    {
        CompositionResult result = fixture.Compose(CompositionFixture.Valid);

        Assert.Empty(result.Diagnostics);
        MachinePlan plan = result.Plan!;
        Assert.Equal(ClockKind.Virtual, plan.Clock);
        Assert.Equal((272UL << 20) + Composer.MemoryMargin, plan.MemoryBytes);
        Assert.Equal(["root", "lan0"], plan.Services.Select(service => service.Name));
        Assert.Equal(new FilePath("/manifests/images/root.img"), Assert.IsType<TestDiskOptions>(plan.Services[0].Options).Path);
        Assert.True(((TestDiskOptions)plan.Services[0].Options!).Overlay);
        Assert.Null(plan.Services[1].Options);

        DomainPlan web = plan.Domains[0];
        Assert.Equal(("web", 0, "bare", 256UL << 20, 2), (web.Name, web.Id, web.Type, web.MemoryBytes, web.VcpuCount));
        Assert.Same(plan.Cpu, web.Cpu);
        Assert.Equal("x86-64-v3", web.Cpu.Model);
        Assert.Equal(["avx", "ready-extension"], web.Cpu.Features);
        Assert.IsType<TestExtensionFactory>(Assert.Single(web.Cpu.Extensions));
        var options = Assert.IsType<TestDomainOptions>(web.Options);
        Assert.Equal(new FilePath("/manifests/vmlinuz"), options.Kernel);
        Assert.Equal("console=ttyS0", options.Cmdline);
        Assert.Null(options.RamDisk);
        Assert.Equal(["com1", "test-nic0", "plain0", "plain1"], web.Devices.Select(device => device.Name));
        Assert.Equal("com1", web.Devices[0].Slot);
        Assert.Equal(new TestUartOptions { Port = 0x3f8, Irq = 4, Stream = new("console") }, web.Devices[0].Options);
        var nic = Assert.IsType<TestNicOptions>(web.Devices[1].Options);
        Assert.Equal(new MacAddress(0x00163e000001), nic.Mac);
        Assert.Equal([16, 256], nic.Queues.Select(queue => queue.Length));
        Assert.Equal([1, 16], nic.Filters);
        Assert.Equal(TestNicMode.FullDuplex, nic.Mode);

        DomainPlan small = plan.Domains[1];
        Assert.Null(small.Board);
        Assert.Equal("x86-64-v2", small.Cpu.Model);
        Assert.Empty(small.Cpu.Extensions);
    }

    [Fact]
    public void AnExtensionOfANamedPluginIsAFeatureByItsOwnName()
    {
        MachinePlan plan = fixture.Compose(CompositionFixture.Valid, "machine.cpu.features=[test.plugin/ready-extension, -pcid]").Plan!;

        Assert.Equal(["ready-extension", "-pcid"], plan.Cpu.Features);
        Assert.Single(plan.Cpu.Extensions);
    }

    [Fact]
    public void ADomainChangesOnlyWhatItSaysOfTheMachinesCores()
    {
        MachinePlan plan = fixture.Compose(CompositionFixture.Valid, "domains.small.cpu={ engine: interpreter }").Plan!;

        Assert.Equal(("x86-64-v3", "interpreter"), (plan.Domains[1].Cpu.Model, plan.Domains[1].Cpu.Engine));
        Assert.Equal(["avx", "ready-extension"], plan.Domains[1].Cpu.Features);
    }

    [Fact]
    public void TheMachineHasWhatItIsGivenOrWhatItsDomainsNeed()
    {
        Assert.Equal((512UL << 20) + Composer.MemoryMargin, fixture.Compose(CompositionFixture.Valid, "machine.memory=512MiB").Plan!.MemoryBytes);
        Assert.Null(fixture.Compose(CompositionFixture.Valid, "machine.memory=271MiB").Plan);
        Assert.NotNull(fixture.Compose(CompositionFixture.Valid, "machine.memory=272MiB").Plan);
        Assert.Null(fixture.Compose(CompositionFixture.Valid, "domains.web.memory=8GiB").Plan);
    }

    [Fact]
    public void AFactoryIsMadeOnce()
    {
        MachinePlan plan = fixture.Compose(CompositionFixture.Valid).Plan!;

        Assert.Same(plan.Domains[0].Devices[2].Factory, plan.Domains[0].Devices[3].Factory);
        Assert.Same(plan.Cpu.Factory, fixture.Compose(CompositionFixture.Valid).Plan!.Cpu.Factory);
    }

    [Fact]
    public void WhatTheCoresSectionLeavesOutIsTheOnlyCoreAndItsFirstModel()
    {
        MachinePlan plan = fixture.Compose("domains: [ { name: a, type: boardless, memory: 4MiB } ]").Plan!;

        Assert.IsType<TestCoreFactory>(plan.Cpu.Factory);
        Assert.Equal(("x86-64-v2", "auto"), (plan.Cpu.Model, plan.Cpu.Engine));
        Assert.Empty(plan.Cpu.Features);
    }
}
