using Dominion.Cpu;
using Dominion.Diagnostics;
using Dominion.Domains;
using Dominion.Host.Composition;
using Dominion.Host.Machine;
using Dominion.Host.Machine.Consoles;
using Dominion.Host.Machine.Domains;
using Dominion.Host.Machine.Saving;
using Dominion.Host.Manifest;
using Dominion.Host.Plugins;
using Dominion.Persistence;
using Dominion.Services;
using Moq;

namespace Dominion.Host.Tests.Machine;

/// <summary>A machine of mocked domains, whose vCPUs are <see cref="FakeVcpu"/>.</summary>
internal sealed class TestMachine : IDiagnosticSink, IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly List<DomainPlan> _domains = [];
    private readonly List<ServicePlan> _services = [];

    public List<Diagnostic> Diagnostics { get; } = [];

    public List<Mock<IDomain>> Domains { get; } = [];

    public List<IDomainContext> Contexts { get; } = [];

    public MachineRuntime? Runtime { get; private set; }

    public DomainRuntime First => Runtime!.Domains[0];

    public void AddService(string name, Func<IServiceContext, object> create)
    {
        Mock<IServiceFactory> factory = new();
        factory.Setup(f => f.Create(It.IsAny<IServiceContext>(), null)).Returns((IServiceContext context, object? _) => create(context));
        _services.Add(new ServicePlan(name, factory.Object, null));
    }

    /// <summary>Adds a domain whose vCPUs run the programs.</summary>
    public void AddDomain(string name, Action<IDomainContext>? onCreate, params Func<FakeVcpu, long, VcpuStatus>[] programs)
    {
        Mock<IDomain> domain = new();
        FakeVcpu[] vcpus = [.. programs.Select(program => new FakeVcpu { Program = program })];
        domain.Setup(d => d.Vcpus).Returns(vcpus);
        domain.Setup(d => d.Save(It.IsAny<StateWriter>())).Callback((StateWriter writer) => writer.Write(name));
        domain.Setup(d => d.Restore(It.IsAny<StateReader>())).Callback((StateReader reader) => Assert.Equal(name, reader.ReadString()));
        Mock<IDomainTypeFactory> factory = new();
        factory.Setup(f => f.Create(It.IsAny<IDomainContext>(), null)).Returns((IDomainContext context, object? _) =>
        {
            Contexts.Add(context);
            onCreate?.Invoke(context);
            return domain.Object;
        });
        Domains.Add(domain);
        _domains.Add(new DomainPlan(name, _domains.Count, "test", factory.Object, null, 4096, programs.Length, Cpu(), null, []));
    }

    public MachineRuntime? Create(ClockKind clock, SavedMachine? saved = null)
    {
        MachineOptions options = new() { CreateConsole = _ => Mock.Of<IConsoleOutput>() };
        MachinePlan plan = new(1 << 20, clock, Cpu(), _services, _domains) { Source = Source() };
        Runtime = saved is null ? MachineRuntime.Create(plan, options, this) : MachineRuntime.Restore(saved, plan, options, this);
        return Runtime;
    }

    /// <summary>Makes and starts the machine and waits for its end.</summary>
    public async Task<int> RunAsync(ClockKind clock)
    {
        Assert.NotNull(Create(clock));
        Runtime!.Start();
        return await Runtime.WaitAsync().WaitAsync(Limit);
    }

    public void Report(Diagnostic diagnostic) => Diagnostics.Add(diagnostic);

    public void Dispose() => Runtime?.Dispose();

    private static MachineSource Source()
    {
        SourceLocation nowhere = new("machine.yaml", 0, 0);
        PluginDescriptor plugin = new("test.plugin", "1.2.3", 1, 1, "", false, "/none/test.dll", [], [], []);
        return new MachineSource("machine", false, new ManifestDocument("machine.yaml", "/", new ManifestMapping(nowhere, [])), [], [plugin]);
    }

    private static CpuPlan Cpu() => new(Mock.Of<ICpuCoreFactory>(), "model", "auto", [], []);
}
