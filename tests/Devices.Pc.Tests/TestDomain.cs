using Dominion.Buses;
using Dominion.Devices.Pc.Tests.Pci;
using Dominion.Devices.Pci;
using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Persistence;
using Dominion.Plugins;
using Dominion.Time;

namespace Dominion.Devices.Pc.Tests;

/// <summary>What a device sees of a domain, with a clock that the test moves and wires that it can look at.</summary>
internal sealed class TestDomain : IDeviceContext, IMessageInterrupts, ILog, IDomainControl
{
    private readonly Queue<Action> _posted = [];

    public TestClock Time { get; } = new();

    public TestPorts PortSpace { get; } = new();

    public TestMemorySpace Space { get; } = new();

    public TestStream Stream { get; } = new();

    public List<(ulong Address, uint Data)> Sent { get; } = [];

    public Dictionary<int, TestLine> Lines { get; } = [];

    /// <summary>Whether somebody takes messages.</summary>
    public bool TakesMessages { get; set; } = true;

    public List<string> Controlled { get; } = [];

    public string Name => "device0";

    public string DomainName => "test";

    public IPortSpace Ports => PortSpace;

    public IMemorySpace MemorySpace => Space;

    public IGuestMemory Memory => Space;

    public IPciBus? Pci => null;

    public IMessageInterrupts Messages => this;

    public IClock Clock => Time;

    public ILog Log => this;

    public IDomainControl Control => this;

    public IInterruptLine GetInterruptLine(int number)
    {
        if (!Lines.TryGetValue(number, out TestLine? line))
            Lines[number] = line = new TestLine();
        return line;
    }

    public TService GetService<TService>(ServiceReference<TService> reference)
        where TService : class => (TService)(object)Stream;

    public void Post(Action action) => _posted.Enqueue(action);

    public void RunPosted()
    {
        while (_posted.TryDequeue(out Action? action))
            action();
    }

    public bool Send(ulong address, uint data)
    {
        Sent.Add((address, data));
        return TakesMessages;
    }

    public bool IsEnabled(LogSeverity severity) => true;

    public void Write(LogSeverity severity, string message) => Assert.Fail(message);

    public void PowerOff(string device) => Controlled.Add("off");

    public void Reset(string device) => Controlled.Add("reset");

    public void Exit(string device, int code) => Controlled.Add($"exit {code}");

    public byte In(int port) => (byte)PortSpace.Read((ushort)port, AccessWidth.Byte, 0);

    public void Out(int port, int value) => PortSpace.Write((ushort)port, AccessWidth.Byte, (byte)value, 0);

    public uint Load(ulong address, int vcpu = 0) => (uint)Space.Read(address, AccessWidth.Dword, vcpu);

    public void Store(ulong address, uint value, int vcpu = 0) => Space.Write(address, AccessWidth.Dword, value, vcpu);

    public static byte[] Save(IPersistent part)
    {
        MemoryStream stream = new();
        part.Save(new StateWriter(stream));
        return stream.ToArray();
    }

    public static void Restore(IPersistent part, byte[] state) => part.Restore(new StateReader(new MemoryStream(state)));
}
