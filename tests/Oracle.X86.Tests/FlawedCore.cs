using Dominion.Cpu;
using Dominion.Cpu.X86;
using Dominion.Persistence;

namespace Dominion.Oracle.X86.Tests;

/// <summary>A core that leaves a wrong bit in RDX after every run: what a check must find.</summary>
internal sealed class FlawedCore(IX86Core core) : IX86Core
{
    public event Action? Woken
    {
        add => core.Woken += value;
        remove => core.Woken -= value;
    }

    public string Architecture => core.Architecture;

    public int Index => core.Index;

    public ref X86State State => ref core.State;

    public ref X86GuestControls Controls => ref core.Controls;

    public IX86InterceptHandler? InterceptHandler
    {
        get => core.InterceptHandler;
        set => core.InterceptHandler = value;
    }

    public IX86LocalApic? LocalApic
    {
        get => core.LocalApic;
        set => core.LocalApic = value;
    }

    public long TscFrequency => core.TscFrequency;

    public ulong TimestampCounter => core.TimestampCounter;

    public long InstructionsRetired => core.InstructionsRetired;

    public bool HasWork => core.HasWork;

    public long TimestampToClock(ulong timestamp) => core.TimestampToClock(timestamp);

    public X86Exit Run(in X86RunLimits limits)
    {
        // Not CPUID, by which the forms are found.
        bool spoils = core.State.Gpr[(int)X86Register.R15] != 0;
        X86Exit exit = core.Run(limits);
        if (spoils)
            core.State.Gpr[(int)X86Register.Rdx] ^= 4;
        return exit;
    }

    public void Reset() => core.Reset();

    public void Raise(in X86Event e) => core.Raise(e);

    public X86TranslationResult Translate(ulong linear, X86Access access, out ulong physical, out uint errorCode) => core.Translate(linear, access, out physical, out errorCode);

    public void FlushTranslations(X86FlushScope scope, uint tag) => core.FlushTranslations(scope, tag);

    public void StateChanged() => core.StateChanged();

    public void RequestExit() => core.RequestExit();

    public void SetInterruptRequest(bool asserted) => core.SetInterruptRequest(asserted);

    public void SetReset(bool asserted) => core.SetReset(asserted);

    public void SignalNmi() => core.SignalNmi();

    public void SignalInit() => core.SignalInit();

    public void SignalStartup(byte vector) => core.SignalStartup(vector);

    public string DescribeState() => core.DescribeState();

    public void Save(StateWriter writer) => core.Save(writer);

    public void Restore(StateReader reader) => core.Restore(reader);

    public void Dispose() => core.Dispose();

    /// <summary>Makes flawed cores of good ones.</summary>
    internal sealed class Factory(ICpuCoreFactory factory) : ICpuCoreFactory
    {
        public IReadOnlyList<string> Models => factory.Models;

        public IReadOnlyList<string> Engines => factory.Engines;

        public IReadOnlyList<string> Features => factory.Features;

        public ICpuCore Create(CpuCoreContext context) => new FlawedCore((IX86Core)factory.Create(context));
    }
}
