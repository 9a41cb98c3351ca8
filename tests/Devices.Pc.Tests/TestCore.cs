using Dominion.Cpu.X86;
using Dominion.Persistence;
using Dominion.Time;

namespace Dominion.Devices.Pc.Tests;

/// <summary>A core that remembers what is signalled to it. Its time-stamp counter runs at 2 GHz.</summary>
internal sealed class TestCore(int index, IClock clock) : IX86Core
{
    private X86State _state;
    private X86GuestControls _controls;

    event Action? IX86Core.Woken
    {
        add { }
        remove { }
    }

    public string Architecture => "x86";

    public int Index { get; } = index;

    public bool InterruptRequest { get; private set; }

    public int Nmis { get; private set; }

    public int Inits { get; private set; }

    public bool IsReset { get; private set; }

    public List<byte> Startups { get; } = [];

    public IX86LocalApic? LocalApic { get; set; }

    public IX86InterceptHandler? InterceptHandler { get; set; }

    public ref X86State State => ref _state;

    public ref X86GuestControls Controls => ref _controls;

    public long TscFrequency => 2_000_000_000;

    public ulong TimestampCounter => (ulong)clock.Now * 2;

    public long InstructionsRetired => 0;

    public bool HasWork => InterruptRequest;

    public long TimestampToClock(ulong timestamp) => (long)((timestamp + 1) / 2);

    public X86Exit Run(in X86RunLimits limits) => throw new InvalidOperationException("this core does not run");

    public void Reset() => InterruptRequest = false;

    public void Raise(in X86Event e) => throw new InvalidOperationException("this core does not run");

    public X86TranslationResult Translate(ulong linear, X86Access access, out ulong physical, out uint errorCode) =>
        throw new InvalidOperationException("this core does not run");

    public void FlushTranslations(X86FlushScope scope, uint tag) => throw new InvalidOperationException("this core does not run");

    public void FlushPage(ulong linear) => throw new InvalidOperationException("this core does not run");

    public X86CpuidResult GetCpuid(uint leaf, uint subleaf) => throw new InvalidOperationException("this core does not run");

    public bool TryDescribeInstruction(out X86InterceptInfo info) => throw new InvalidOperationException("this core does not run");

    public void StateChanged() => throw new InvalidOperationException("this core does not run");

    public void RequestExit() => throw new InvalidOperationException("this core does not run");

    public void SetInterruptRequest(bool asserted) => InterruptRequest = asserted;

    public void SignalNmi() => Nmis++;

    public void SetReset(bool asserted) => IsReset = asserted;

    public void SignalInit() => Inits++;

    public void SignalStartup(byte vector) => Startups.Add(vector);

    public string DescribeState() => "";

    public void Save(StateWriter writer) => writer.BeginSection("test-core", 1);

    public void Restore(StateReader reader) => reader.BeginSection("test-core", 1);

    public void Dispose()
    {
        // Nothing is held.
    }
}
