using Dominion.Buses;
using Dominion.Devices.Pc.Pci;
using Dominion.Devices.Pci;
using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Plugins;
using Dominion.Time;
using Moq;

namespace Dominion.Devices.Pc.Tests.Pci;

/// <summary>A board with a PCI bus and nothing else, as a device and a guest see it.</summary>
internal sealed class TestBoard : IDeviceContext, IMessageInterrupts, ILog, IDomainControl
{
    private readonly Dictionary<string, object> _services = [];
    private readonly Queue<Action> _posted = [];

    public TestBoard(int addressBits = 40, PciHostChipset chipset = PciHostChipset.Generic, bool wholeRegisterNumber = false)
    {
        Space = new TestMemorySpace { AddressBits = addressBits };
        Host = new PciHost(this, new PciHostOptions { Chipset = chipset, WholeRegisterNumber = wholeRegisterNumber });
        Host.Reset();
    }

    public TestMemorySpace Space { get; }

    public TestPorts PortSpace { get; } = new();

    public PciHost Host { get; }

    public List<(ulong Address, uint Data)> Sent { get; } = [];

    public Dictionary<int, bool> Lines { get; } = [];

    public List<string> Logged { get; } = [];

    public List<string> Resets { get; } = [];

    public int PostedCount => _posted.Count;

    public string Name { get; set; } = "device0";

    public string DomainName { get; set; } = "test";

    public IPortSpace Ports => PortSpace;

    public IMemorySpace MemorySpace => Space;

    public IGuestMemory Memory => Space;

    public IPciBus? Pci => Host;

    public IIommu? Iommu { get; set; }

    public IMessageInterrupts Messages => this;

    public IClock Clock { get; init; } = Mock.Of<IClock>();

    public ILog Log => this;

    public IDomainControl Control => this;

    public IInterruptLine GetInterruptLine(int number)
    {
        Lines[number] = false;
        Mock<IInterruptLine> line = new();
        line.Setup(l => l.Set(It.IsAny<bool>())).Callback<bool>(asserted => Lines[number] = asserted);
        return line.Object;
    }

    public ServiceReference<TService> AddService<TService>(TService service)
        where TService : class
    {
        string name = $"service{_services.Count}";
        _services[name] = service;
        return new ServiceReference<TService>(name);
    }

    public TService GetService<TService>(ServiceReference<TService> reference)
        where TService : class => (TService)_services[reference.Name];

    public void Post(Action action) => _posted.Enqueue(action);

    public void RunPosted()
    {
        for (int left = 1000; _posted.TryDequeue(out Action? action); left--)
        {
            Assert.True(left > 0, "posts without end");
            action();
        }
    }

    public bool Send(ulong address, uint data)
    {
        Sent.Add((address, data));
        return true;
    }

    public bool IsEnabled(LogSeverity severity) => true;

    public void Write(LogSeverity severity, string message) => Logged.Add(message);

    public void PowerOff(string device) => throw new InvalidOperationException("no power here");

    public void Reset(string device) => Resets.Add(device);

    public void Exit(string device, int code) => throw new InvalidOperationException("no exit here");

    /// <summary>Reads configuration space by ECAM.</summary>
    public uint Configuration(int device, int offset, AccessWidth width = AccessWidth.Dword) =>
        (uint)Space.Read(PciLayout.EcamStart + ((ulong)device << 15) + (uint)offset, width, 0);

    /// <summary>Writes configuration space by ECAM.</summary>
    public void SetConfiguration(int device, int offset, uint value, AccessWidth width = AccessWidth.Dword) =>
        Space.Write(PciLayout.EcamStart + ((ulong)device << 15) + (uint)offset, width, value, 0);

    /// <summary>Finds a capability.</summary>
    public int FindCapability(int device, byte id, int skip = 0)
    {
        int at = (int)Configuration(device, 0x34, AccessWidth.Byte);
        while (at != 0)
        {
            if (Configuration(device, at, AccessWidth.Byte) == id && skip-- == 0)
                return at;
            at = (int)Configuration(device, at + 1, AccessWidth.Byte);
        }

        throw new InvalidOperationException($"no capability {id:x2}");
    }
}
