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
}
