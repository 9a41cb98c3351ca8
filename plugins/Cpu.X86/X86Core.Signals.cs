using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;
using Dominion.Cpu.X86.SystemRegisters;
using Dominion.Persistence;

namespace Dominion.Cpu.X86;

/// <content>What comes from outside: interrupts, NMI, INIT, SIPI, requests; and their priorities (SDM volume 3A, 6.9, table 6-2).</content>
internal sealed unsafe partial class X86Core
{
    private volatile bool _interruptRequest;
    /// <summary>How many NMIs have arrived. One can wait behind the one that runs; two that arrive together, before either is taken, are two.</summary>
    private volatile int _nmi;
    private volatile bool _init;
    private volatile bool _resetAsserted;
    private volatile bool _resetReleased;
    private volatile int _startup = -1;
    private volatile bool _exitRequested;
    private X86Event _queued;
    private bool _hasQueued;

    public event Action? Woken;

    /// <summary>A bootstrap processor starts at the reset vector, another waits for a startup IPI.</summary>
    public bool IsBootstrap => Index == 0;

    public bool HasWork => _resetAsserted
        ? _exitRequested || _hasForeignWork
        : S->Arch.Activity == X86Activity.Active || _resetReleased
        || (_nmi != 0 && !S->Arch.NmiBlocked) || _init || _exitRequested || _hasForeignWork || _hasQueued
        || (S->Arch.Activity == X86Activity.Halted && _interruptRequest && (S->Arch.Rflags & Flags.Interrupt) != 0)
        || (S->Arch.Activity == X86Activity.Halted && IsWaitOver)
        || (S->Arch.Activity == X86Activity.WaitForStartup && _startup >= 0);

    public void RequestExit()
    {
        _exitRequested = true;
        Signal();
    }

    public void SetInterruptRequest(bool asserted)
    {
        _interruptRequest = asserted;
        if (asserted)
            Signal();
    }

    public void SignalNmi()
    {
        Interlocked.Increment(ref _nmi);
        Signal();
    }

    public void SetReset(bool asserted)
    {
        if (_resetAsserted && !asserted)
        {
            // The other pins count from here on: what came before is gone with the reset.
            ClearSignals();
            _resetReleased = true;
        }

        _resetAsserted = asserted;
        Signal();
    }

    public void SignalInit()
    {
        _init = true;
        Signal();
    }

    public void SignalStartup(byte vector)
    {
        _startup = vector;
        Signal();
    }

    public void Raise(in X86Event e)
    {
        _queued = e;
        _hasQueued = true;
        Signal();
    }

    private void Signal()
    {
        Volatile.Write(ref S->Attention, 1);
        Interlocked.MemoryBarrier();
        Woken?.Invoke();
    }

    private void ClearSignals()
    {
        _nmi = 0;
        _resetAsserted = false;
        _resetReleased = false;
        _init = false;
        _startup = -1;
        _hasQueued = false;
    }

    private void TakePowerOnState()
    {
        _hasQueued = false;
        X86Reset.PowerOn(this);
        Msrs.Reset();
        foreach (IX86ExtensionUnit unit in _extensions)
            unit.Reset();
        ForgetMonitor();
        FlushAll();
        StateChanged();
    }

    private void SaveSignals(StateWriter writer)
    {
        writer.Write(_nmi);
        writer.Write(_resetAsserted);
        writer.Write(_resetReleased);
        writer.Write(_init);
        writer.Write(_startup);
        writer.Write(_hasQueued);
        writer.Write((byte)_queued.Type);
        writer.Write(_queued.Vector);
        writer.Write(_queued.HasErrorCode);
        writer.Write(_queued.ErrorCode);
        writer.Write(_queued.InstructionLength);
        writer.Write(_queued.FaultAddress);
    }

    private void RestoreSignals(StateReader reader)
    {
        _nmi = reader.ReadInt32();
        _resetAsserted = reader.ReadBoolean();
        _resetReleased = reader.ReadBoolean();
        _init = reader.ReadBoolean();
        _startup = reader.ReadInt32();
        _hasQueued = reader.ReadBoolean();
        _queued = new X86Event(
            (X86EventType)reader.ReadByte(), reader.ReadByte(), reader.ReadBoolean(), reader.ReadUInt32(), reader.ReadByte(), reader.ReadUInt64());
    }

    /// <summary>IRET ends the blocking of NMIs (SDM volume 3A, 6.7.1): those that came meanwhile are one, to be taken at the next boundary.</summary>
    public void UnblockNmi()
    {
        S->Arch.NmiBlocked = false;
        int waiting = _nmi;
        if (waiting == 0)
            return;
        Interlocked.Add(ref _nmi, 1 - waiting);
        S->Attention = 1;
    }

    /// <summary>RFLAGS.IF has been set: an interrupt that waits is to be taken at the next boundary.</summary>
    public void NoteInterruptsEnabled()
    {
        if (_interruptRequest)
            S->Attention = 1;
    }

    /// <summary>Sees to everything that waits. Called between instructions.</summary>
    /// <returns>False when the run ends.</returns>
    private bool ServiceSignals(out X86ExitReason reason)
    {
        CoreState* s = S;
        s->Attention = 0;
        Interlocked.MemoryBarrier();
        reason = X86ExitReason.Requested;

        // Read before INIT is looked for: a startup IPI that follows an INIT is then never taken for one that came too early.
        int early = _startup;
        _group?.Yield();
        if (_hasForeignWork)
            ServeForeignWrites();
        if (Volatile.Read(ref _layoutChanged))
        {
            Volatile.Write(ref _layoutChanged, false);
            FlushAll();
        }

        if (_exitRequested)
        {
            _exitRequested = false;
            s->Attention = 1;
            return false;
        }

        if (_resetAsserted)
        {
            s->Attention = 1;
            reason = X86ExitReason.Halted;
            return false;
        }

        if (_resetReleased)
        {
            _resetReleased = false;
            TakePowerOnState();
        }

        if (_init)
        {
            _init = false;
            X86Reset.Init(this);
            StateChanged();
        }

        if (s->Arch.Activity == X86Activity.WaitForStartup)
            return ServiceStartup(out reason);
        if (early >= 0)
            Interlocked.CompareExchange(ref _startup, -1, early);
        if (_hasQueued)
        {
            _hasQueued = false;
            s->Arch.Activity = X86Activity.Active;
            Events.Deliver(_queued);
            if (s->Leave == LeaveReason.Exit)
                return true;
        }

        // Traps of the instruction before come before NMI and interrupts.
        if (TakePendingDebug() && s->Leave == LeaveReason.Exit)
            return true;

        // STI's shadow holds NMIs too, as it does on Intel's processors.
        bool shadow = s->Arch.StiShadow || s->Arch.MovSsShadow;
        if (_nmi != 0 && !s->Arch.NmiBlocked && !shadow && !_controls->EventsBlocked)
        {
            // Another writer can only add: what is taken off here stays off.
            int waiting = _nmi;
            Interlocked.Add(ref _nmi, waiting >= 2 ? 1 - waiting : -1);
            s->Arch.Activity = X86Activity.Active;
            s->Arch.NmiBlocked = true;
            Events.Deliver(new X86Event(X86EventType.Nmi, (byte)X86Exception.NonMaskableInterrupt));
            if (s->Leave == LeaveReason.Exit)
                return true;
        }

        if (_interruptRequest && !shadow && !_controls->EventsBlocked && s->Arch.Activity != X86Activity.Shutdown)
        {
            if ((s->Arch.Rflags & Flags.Interrupt) != 0 && !TakeInterrupt())
            {
                s->Leave = LeaveReason.Branch;
                reason = X86ExitReason.Intercepted;
                return false;
            }
        }
        else if (_interruptRequest && shadow)
        {
            s->Attention = 1;
        }

        switch (s->Arch.Activity)
        {
            case X86Activity.Halted when IsWaitOver:
                s->Arch.Activity = X86Activity.Active;
                return true;
            case X86Activity.Halted:
                s->Attention = 1;
                reason = X86ExitReason.Halted;
                return false;
            case X86Activity.Shutdown:
                s->Attention = 1;
                reason = X86ExitReason.Shutdown;
                return false;
            default:
                return true;
        }
    }

    /// <summary>Takes the interrupt that waits.</summary>
    /// <returns>False when an intercept takes it instead and the run ends.</returns>
    private bool TakeInterrupt()
    {
        if (_controls->Intercepts.Contains(X86Intercept.ExternalInterrupt))
        {
            var info = new X86InterceptInfo { Intercept = X86Intercept.ExternalInterrupt };
            X86Verdict verdict = AskHandler(ref info);
            if (verdict != X86Verdict.Continue)
                return verdict != X86Verdict.Exited;
        }

        int vector = LocalApic?.Acknowledge() ?? -1;
        if (vector < 0)
            return true;
        S->Arch.Activity = X86Activity.Active;
        if (_interruptRequest)
            S->Attention = 1;
        Events.Deliver(new X86Event(X86EventType.ExternalInterrupt, (byte)vector));
        return true;
    }

    private bool ServiceStartup(out X86ExitReason reason)
    {
        reason = X86ExitReason.Halted;
        int vector = _startup;
        _startup = -1;
        if (vector < 0)
        {
            S->Attention = 1;
            return false;
        }

        X86Reset.Startup(this, (byte)vector);
        StateChanged();
        return true;
    }

    /// <summary>Asks the intercept's handler with a state that is complete.</summary>
    public X86Verdict AskHandler(ref X86InterceptInfo info)
    {
        if (InterceptHandler is not { } handler)
            return X86Verdict.Continue;
        S->Arch.Rflags = Flags.Get(S);
        X86Verdict verdict = handler.OnIntercept(ref info);
        if (verdict is X86Verdict.Completed or X86Verdict.Exited)
            StateChanged();
        return verdict;
    }

    /// <summary>Prepares for one instruction in single mode: breakpoints on its address.</summary>
    /// <returns>False when a fault took its place.</returns>
    private bool BeforeSingle()
    {
        CoreState* s = S;
        if (TakePendingDebug())
            return false;
        if ((s->Arch.Dr7 & 0xFF) != 0 && (s->Arch.Rflags & Flags.Resume) == 0 && !s->Arch.MovSsShadow)
        {
            ulong hits = DebugRegisters.MatchExecution(ref s->Arch, FetchLinear(s->Arch.Rip));
            if (hits != 0)
            {
                Events.DeliverDebug(hits);
                return false;
            }
        }

        // RF lasts for one instruction; one that loads it anew (IRET, a task switch) does so after this.
        _resumes = (s->Arch.Rflags & Flags.Resume) != 0;
        s->Arch.Rflags &= ~Flags.Resume;
        TrapAfter = (s->Arch.Rflags & Flags.Trap) != 0;
        OpensShadow = false;
        return true;
    }

    /// <summary>Delivers debug traps that wait, unless a shadow of MOV SS holds them.</summary>
    /// <returns>True when there were any.</returns>
    private bool TakePendingDebug()
    {
        ulong pending = S->Arch.PendingDebug;
        if (pending == 0 || S->Arch.MovSsShadow)
            return false;
        S->Arch.PendingDebug = 0;
        S->Arch.Activity = X86Activity.Active;
        Events.DeliverDebug(pending);
        return true;
    }

    /// <summary>Whether the instruction of the block that has run took a branch.</summary>
    private bool HasBranched =>
        !BetweenIterations && S->Block != null && S->Arch.Rip != ((S->BlockRip + S->Block->Length) & RipMask(S));

    /// <summary>Ends one instruction in single mode: its shadow ends unless it made one, and traps are taken.</summary>
    private void AfterSingle()
    {
        CoreState* s = S;
        if (BetweenIterations)
            s->Arch.Rflags |= Flags.Resume;
        if (!OpensShadow)
        {
            s->Arch.StiShadow = false;
            s->Arch.MovSsShadow = false;
        }

        if (TrapAfter && ((s->Arch.DebugControl & DebugRegisters.BranchTrap) == 0 || HasBranched))
            s->Arch.PendingDebug |= DebugRegisters.SingleStep;
        TrapAfter = false;
        if (_interruptRequest || _nmi != 0)
            s->Attention = 1;
        UpdateMode();
    }

    /// <summary>Notes that an access touches a watched range (SDM volume 3B, 18.2.5); the trap comes after the instruction.</summary>
    private void NoteDataBreakpoint(ulong linear, int size, bool write) =>
        S->Arch.PendingDebug |= DebugRegisters.MatchData(ref S->Arch, linear, size, write);
}
