using System.Runtime.InteropServices;
using Dominion.Cpu.X86;
using Dominion.Persistence;

namespace Dominion.FullVirt.Tests.Bare;

/// <summary>A core that executes nothing: its runs end as the test says. (Moq cannot answer a property that returns a reference.)</summary>
internal sealed unsafe class FakeCore(int index) : IX86Core
{
    private readonly X86State* _state = (X86State*)NativeMemory.AllocZeroed((nuint)sizeof(X86State));
    private X86GuestControls _controls;

    public event Action? Woken;

    public X86ExitReason NextExit { get; set; }

    public long LastBudget { get; private set; }

    public List<string> Calls { get; } = [];

    public string Architecture => "x86";

    public int Index => index;

    public ref X86State State => ref *_state;

    public ref X86GuestControls Controls => ref _controls;

    public IX86InterceptHandler? InterceptHandler { get; set; }

    public IX86LocalApic? LocalApic { get; set; }

    public long TscFrequency => 1_000_000_000;

    public ulong TimestampCounter => 0;

    public long InstructionsRetired => 42;

    public bool HasWork { get; set; }

    public X86Exit Run(in X86RunLimits limits)
    {
        LastBudget = limits.Instructions;
        return new X86Exit(NextExit, 1);
    }

    public void Reset()
    {
        Calls.Add("reset");
        State = default;
        State.Rip = 0xfff0;
        State.Cr0 = 0x6000_0010;
    }

    public void StateChanged() => Calls.Add("changed");

    public void RequestExit() => Calls.Add("exit");

    public void Wake() => Woken?.Invoke();

    public void Save(StateWriter writer) => writer.Write(State.Rip);

    public void Restore(StateReader reader) => State.Rip = reader.ReadUInt64();

    public string DescribeState() => $"rip={State.Rip:x}";

    public void Dispose()
    {
        Calls.Add("dispose");
        NativeMemory.Free(_state);
    }

    public long TimestampToClock(ulong timestamp) => throw new NotSupportedException();

    public void Raise(in X86Event e) => throw new NotSupportedException();

    public X86TranslationResult Translate(ulong linear, X86Access access, out ulong physical, out uint errorCode) => throw new NotSupportedException();

    public void FlushTranslations(X86FlushScope scope, uint tag) => throw new NotSupportedException();

    public void FlushPage(ulong linear) => throw new NotSupportedException();

    public X86CpuidResult GetCpuid(uint leaf, uint subleaf) => throw new NotSupportedException();

    public bool TryDescribeInstruction(out X86InterceptInfo info) => throw new NotSupportedException();

    public void SetInterruptRequest(bool asserted) => throw new NotSupportedException();

    public void SignalNmi() => throw new NotSupportedException();

    public void SetReset(bool asserted) => throw new NotSupportedException();

    public void SignalInit() => throw new NotSupportedException();

    public void SignalStartup(byte vector) => throw new NotSupportedException();
}
