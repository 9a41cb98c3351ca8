using Dominion.Buses;
using Dominion.Devices.Pc.Firmware;
using Dominion.Devices.Pc.Input;
using Dominion.Devices.Pc.Interrupts;
using Dominion.Devices.Pc.Mainboard;
using Dominion.Devices.Pc.Pci;
using Dominion.Devices.Pc.Serial;
using Dominion.Devices.Pc.Tests.Pci;
using Dominion.Devices.Pc.Timers;
using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Plugins;
using Dominion.Time;

namespace Dominion.Devices.Pc.Tests.Mainboard;

/// <summary>A whole board <c>pc</c> with its default devices, on cores that do not run.</summary>
internal sealed class TestPc : IBoardContext, ILog, IDomainControl, IDisposable
{
    private readonly Queue<Action> _posted = [];

    public TestPc(ulong memory = 64UL << 20, int vcpus = 2, IReadOnlyCollection<string>? empty = null, params IDeviceBinding[] extra)
        : this(new PcBoardOptions(), memory, vcpus, empty, extra)
    {
    }

    public TestPc(PcBoardOptions options, ulong memory = 64UL << 20, int vcpus = 2, IReadOnlyCollection<string>? empty = null, params IDeviceBinding[] extra)
    {
        MemorySize = memory;
        VcpuCount = vcpus;
        Frames = new TestFrames((memory >> 12) + 80);
        List<IDeviceBinding> devices = [];
        foreach (BoardSlot slot in new PcBoardFactory().GetSlots(options))
        {
            if (Array.Find(extra, binding => binding.Slot == slot.Name) is { } given)
                devices.Add(given);
            else if (slot.Device is { } device && empty?.Contains(slot.Name) != true)
                devices.Add(new TestBinding(slot.Name, device, FactoryOf(device), OptionsOf(device, slot.Defaults)));
        }

        Devices = [.. devices, .. extra.Where(binding => !devices.Contains(binding))];
        Board = new PcBoardFactory().Create(this, options);
        for (int i = 0; i < vcpus; i++)
        {
            TestCore core = new(i, Time);
            Cores.Add(core);
            Board.Attach(core);
        }

        Board.Reset();
    }

    public IBoard Board { get; }

    public List<TestCore> Cores { get; } = [];

    public TestClock Time { get; } = new();

    public TestFrames Frames { get; }

    public TestPorts PortSpace { get; } = new();

    public TestStream Stream { get; } = new();

    public List<string> Controlled { get; } = [];

    public string DomainName => "test";

    public int DomainId => 1;

    public int VcpuCount { get; }

    public ulong MemorySize { get; }

    public IPortSpace Ports => PortSpace;

    public IMemorySpace MemorySpace => Frames;

    public IMachineMemory MachineMemory => Frames;

    public IClock Clock => Time;

    public ILog Log => this;

    public IDomainControl Control => this;

    public IReadOnlyList<IDeviceBinding> Devices { get; }

    public ILog CreateLog(string name) => this;

    public TService GetService<TService>(ServiceReference<TService> reference)
        where TService : class => (TService)(object)Stream;

    public void Post(Action action) => _posted.Enqueue(action);

    public void RunPosted()
    {
        while (_posted.TryDequeue(out Action? action))
            action();
    }

    public bool IsEnabled(LogSeverity severity) => true;

    public void Write(LogSeverity severity, string message) => Assert.Fail(message);

    public void PowerOff(string device) => Controlled.Add($"off by {device}");

    public void Reset(string device) => Controlled.Add($"reset by {device}");

    public void Exit(string device, int code) => Controlled.Add($"exit by {device}: {code}");

    public byte In(int port) => (byte)PortSpace.Read((ushort)port, AccessWidth.Byte, 0);

    public void Out(int port, int value) => PortSpace.Write((ushort)port, AccessWidth.Byte, (byte)value, 0);

    public uint Load(ulong address, int vcpu = 0) => (uint)Frames.Read(address, AccessWidth.Dword, vcpu);

    public void Store(ulong address, uint value, int vcpu = 0) => Frames.Write(address, AccessWidth.Dword, value, vcpu);

    public void InitializePic()
    {
        foreach ((int port, int vector, int wiring) in new[] { (0x20, 0x20, 4), (0xA0, 0x28, 2) })
        {
            Out(port, 0x11);
            Out(port + 1, vector);
            Out(port + 1, wiring);
            Out(port + 1, 1);
        }
    }

    public void RouteInterrupt(int input, uint low, uint destination)
    {
        Store(0xFEC0_0000, (uint)(0x11 + (2 * input)));
        Store(0xFEC0_0010, destination << 24);
        Store(0xFEC0_0000, (uint)(0x10 + (2 * input)));
        Store(0xFEC0_0010, low);
    }

    public void Dispose() => Board.Dispose();

    private static IDeviceFactory FactoryOf(string device) => device switch
    {
        "lapic" => new LocalApicFactory(),
        "i8259" => new I8259Factory(),
        "ioapic" => new IoApicFactory(),
        "i8254" => new I8254Factory(),
        "mc146818" => new Mc146818Factory(),
        "hpet" => new HpetFactory(),
        "acpi-pm" => new AcpiPowerManagementFactory(),
        "i8042" => new I8042Factory(),
        "port92" => new SystemControlFactory(),
        "ns16550" => new Ns16550Factory(),
        "pci-host" => new PciHostFactory(),
        "fw-cfg" => new FirmwareConfigurationFactory(),
        _ => throw new ArgumentException($"no factory for {device}", nameof(device)),
    };

    private static object? OptionsOf(string device, IReadOnlyDictionary<string, object> defaults) => device switch
    {
        "ns16550" => new Ns16550Options(),
        "i8042" => new I8042Options(),
        "pci-host" => new PciHostOptions { Chipset = defaults.TryGetValue("chipset", out object? chipset) ? (PciHostChipset)chipset : default },
        _ => null,
    };
}
