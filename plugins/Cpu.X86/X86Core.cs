using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dominion.Buses;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Events;
using Dominion.Cpu.X86.FloatingPoint.Sse;
using Dominion.Cpu.X86.Models;
using Dominion.Cpu.X86.Paging;
using Dominion.Cpu.X86.Segmentation;
using Dominion.Cpu.X86.State;
using Dominion.Cpu.X86.SystemRegisters;
using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Persistence;
using Dominion.Time;

namespace Dominion.Cpu.X86;

/// <summary>One x86 vCPU: the interpreter and what it works with. Split by concern over several files: running, signals, memory, faults, modes.</summary>
internal sealed unsafe partial class X86Core : IX86Core
{
    /// <summary>The time-stamp counter runs at one count a nanosecond, which makes it the clock itself.</summary>
    public const long TimestampFrequency = 1_000_000_000;

    /// <summary>The state that the interpreter works on.</summary>
    public readonly CoreState* S;

    private readonly BlockCache _blocks;
    private readonly BlockBuilder _builder;
    private readonly TlbContexts _contexts = new();
    private readonly IClock _clock;
    private readonly X86GuestControls* _controls;
    private readonly List<IX86ExtensionUnit> _extensions = [];
    private bool _disposed;

    /// <param name="context">What the host gives.</param>
    /// <param name="model">The CPU model.</param>
    /// <param name="group">The domain's cores; a core that is the only one needs none.</param>
    public X86Core(CpuCoreContext context, CpuModel model, CoreGroup? group = null)
    {
        _group = group;
        group?.Add(this);
        Index = context.Index;
        VcpuCount = context.VcpuCount;
        Memory = context.Memory;
        MachineMemory = context.MachineMemory;
        Ports = context.Ports;
        Log = context.Log;
        Model = model;
        _clock = context.Clock;

        S = (CoreState*)NativeMemory.AlignedAlloc((nuint)sizeof(CoreState), 64);
        NativeMemory.Clear(S, (nuint)sizeof(CoreState));
        _controls = (X86GuestControls*)NativeMemory.AllocZeroed((nuint)sizeof(X86GuestControls));
        S->JumpCache = (JumpCacheEntry*)NativeMemory.AlignedAlloc((nuint)(JumpCacheEntry.Count * sizeof(JumpCacheEntry)), 64);
        NativeMemory.Clear(S->JumpCache, (nuint)(JumpCacheEntry.Count * sizeof(JumpCacheEntry)));
        S->Generation = 1;
        S->VectorArithmetic = context.SoftwareArithmetic ? SseControl.Software : 0;

        _blocks = new BlockCache(MachineMemory);
        Walker = new PageWalker(this, S, Memory);
        Events = new EventDelivery(this);
        Segments = new SegmentLoader(this);
        Far = new FarTransfers(this);
        Tasks = new TaskSwitcher(this);
        Returns = new InterruptReturns(this);
        Controls86 = new ControlRegisters(this);
        Msrs = new MsrFile(this);
        Cpuid = new CpuidFile(this);
        Random = new RandomSource(context.Seed, Index);
        _builder = new BlockBuilder(this);
        _describer = new Interception.InstructionDescriber(this);

        MachineMemory.AddCodeObserver(this);
        Memory.LayoutChanged += OnLayoutChanged;
        Reset();
    }

    public string Architecture => "x86";

    public int Index { get; }

    public int VcpuCount { get; }

    public IPhysicalAddressSpace Memory { get; }

    public IMachineMemory MachineMemory { get; }

    public IPortSpace Ports { get; }

    public ILog Log { get; }

    public CpuModel Model { get; }

    public PageWalker Walker { get; }

    public EventDelivery Events { get; }

    public SegmentLoader Segments { get; }

    public FarTransfers Far { get; }

    public TaskSwitcher Tasks { get; }

    public InterruptReturns Returns { get; }

    public ControlRegisters Controls86 { get; }

    public MsrFile Msrs { get; }

    public CpuidFile Cpuid { get; }

    /// <summary>What RDRAND and RDSEED give.</summary>
    public RandomSource Random { get; }

    public ref X86State State => ref S->Arch;

    public ref X86GuestControls Controls => ref *_controls;

    public IX86InterceptHandler? InterceptHandler { get; set; }

    public IX86LocalApic? LocalApic { get; set; }

    /// <summary>The second level of translation; asked only while <see cref="X86GuestControls.SecondLevelEnabled"/> is set, which whoever sets it must have one for.</summary>
    public IX86SecondLevel SecondLevel => InterceptHandler!.SecondLevel!;

    public long TscFrequency => TimestampFrequency;

    public ulong TimestampCounter => (ulong)_clock.Now + S->Arch.TscAdjust;

    public long TimestampToClock(ulong timestamp) => (long)(timestamp - S->Arch.TscAdjust);

    /// <summary>Decoded blocks, dropped frames: for the benchmark and for tests.</summary>
    public BlockCache Blocks => _blocks;

    /// <summary>The cached translations of the current context.</summary>
    public Tlb Tlb => _contexts.Current;

    public X86TranslationResult Translate(ulong linear, X86Access access, out ulong physical, out uint errorCode)
    {
        physical = 0;
        errorCode = 0;
        if ((S->Arch.Efer & ControlBits.EferLongModeActive) != 0 && !PageWalker.IsCanonical(S, linear))
            return X86TranslationResult.NonCanonical;
        bool exempt = !access.IsImplicit && (Flags.Get(S) & Flags.AlignmentCheck) != 0;
        X86TranslationResult result = Walker.Walk(linear, access.Kind, access.IsUser, exempt, out PageWalk walk);
        physical = walk.Physical;
        errorCode = walk.ErrorCode;
        return result;
    }

    public X86CpuidResult GetCpuid(uint leaf, uint subleaf) => Cpuid.Get(leaf, subleaf);

    public void FlushTranslations(X86FlushScope scope, uint tag)
    {
        if (scope == X86FlushScope.TagNonGlobal)
            FlushNonGlobal();
        else
            FlushAll();
    }

    public void Reset()
    {
        ClearSignals();
        TakePowerOnState();
    }

    public void Save(StateWriter writer)
    {
        writer.BeginSection("x86-core", 3);
        X86State state = S->Arch;

        // MWAIT may end for any reason: a restored vCPU goes on behind it.
        if (_waits && state.Activity == X86Activity.Halted)
            state.Activity = X86Activity.Active;
        writer.Write(new ReadOnlySpan<byte>(&state, sizeof(X86State)));
        writer.Write(InstructionsRetired);
        Msrs.Save(writer);
        Random.Save(writer);
        SaveSignals(writer);
        foreach (IX86ExtensionUnit unit in _extensions)
            unit.Save(writer);
    }

    public void Restore(StateReader reader)
    {
        reader.BeginSection("x86-core", 3);
        byte[] state = reader.ReadBytes();
        if (state.Length != sizeof(X86State))
            throw new InvalidDataException($"a core's state has {sizeof(X86State)} bytes, not {state.Length}");
        ForgetMonitor();
        state.CopyTo(new Span<byte>(&S->Arch, sizeof(X86State)));
        _retired = reader.ReadInt64();
        Msrs.Restore(reader);
        Random.Restore(reader);
        RestoreSignals(reader);
        foreach (IX86ExtensionUnit unit in _extensions)
            unit.Restore(reader);
        Flags.Set(S, S->Arch.Rflags);
        FlushAll();
        StateChanged();
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        ForgetMonitor();
        _group?.Remove(this);
        Memory.LayoutChanged -= OnLayoutChanged;
        MachineMemory.RemoveCodeObserver(this);
        _blocks.Clear();
        _blocks.Dispose();
        _contexts.Dispose();
        NativeMemory.AlignedFree(S->JumpCache);
        NativeMemory.AlignedFree(S);
        NativeMemory.Free(_controls);
        NativeMemory.Free(_cutHandlers);
    }

    public string DescribeState() => StateDescription.Describe(this);
}
