using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Paging;
using Dominion.Cpu.X86.Segmentation;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Events;

/// <summary>Delivers exceptions and interrupts through the IDT, and makes double and triple faults of those that cannot be (SDM volume 3A, chapter 6).</summary>
internal sealed unsafe class EventDelivery
{
    private const uint IdtFlag = 2;

    private readonly X86Core _core;
    private readonly CoreState* _s;

    public EventDelivery(X86Core core)
    {
        _core = core;
        _s = core.S;
    }

    /// <summary>Delivers what an instruction has recorded.</summary>
    public void DeliverPending() => Deliver(TakePending());

    /// <summary>Delivers a debug trap, or the fault of an instruction breakpoint.</summary>
    /// <param name="dr6">The bits to set in DR6.</param>
    public void DeliverDebug(ulong dr6) =>
        Deliver(new X86Event(X86EventType.HardwareException, (byte)X86Exception.Debug, FaultAddress: dr6));

    /// <summary>Delivers an event, whatever becomes of it.</summary>
    public void Deliver(X86Event e)
    {
        while (true)
        {
            if (AskIntercept(ref e, out bool taken) && taken)
                return;
            NoteArrival(e);
            if (TryDeliver(e))
            {
                _s->Arch.StiShadow = false;
                _s->Arch.MovSsShadow = false;
                _core.UpdateMode();
                return;
            }

            if (_s->Leave == LeaveReason.Exit)
                return;
            X86Event second = TakePending();
            if (second.Type == X86EventType.HardwareException && second.Vector == (byte)X86Exception.PageFault)
                _s->Arch.Cr2 = second.FaultAddress;
            if (!TryCombine(e, second, out e))
            {
                Shutdown();
                return;
            }
        }
    }

    private static bool IsExternal(in X86Event e) =>
        e.Type is X86EventType.ExternalInterrupt or X86EventType.Nmi or X86EventType.HardwareException or X86EventType.PrivilegedSoftwareException;

    private static bool IsSoftware(in X86Event e) =>
        e.Type is X86EventType.SoftwareInterrupt or X86EventType.SoftwareException or X86EventType.PrivilegedSoftwareException;

    private static bool IsContributory(byte vector) => (X86Exception)vector is
        X86Exception.DivideError or X86Exception.InvalidTss or X86Exception.SegmentNotPresent
        or X86Exception.StackFault or X86Exception.GeneralProtection or X86Exception.ControlProtection;

    private X86Event TakePending()
    {
        var e = new X86Event(
            _s->FaultType, _s->FaultVector, _s->FaultHasErrorCode, _s->FaultErrorCode, _s->FaultLength, _s->FaultAddress);
        _s->FaultType = X86EventType.HardwareException;
        return e;
    }

    /// <summary>What two exceptions make together (SDM volume 3A, 6.15, table 6-5).</summary>
    /// <returns>False for a triple fault.</returns>
    private static bool TryCombine(X86Event first, X86Event second, out X86Event result)
    {
        result = second;
        if (first.Type != X86EventType.HardwareException)
            return true;
        if (first.Vector == (byte)X86Exception.DoubleFault)
            return false;
        bool firstIsPageFault = first.Vector == (byte)X86Exception.PageFault;
        bool secondIsPageFault = second.Vector == (byte)X86Exception.PageFault;
        bool isDouble = firstIsPageFault
            ? secondIsPageFault || IsContributory(second.Vector)
            : IsContributory(first.Vector) && IsContributory(second.Vector);
        if (isDouble)
            result = new X86Event(X86EventType.HardwareException, (byte)X86Exception.DoubleFault, true, 0);
        return true;
    }

    private void Shutdown()
    {
        if (_core.IsIntercepted(X86Intercept.Shutdown))
        {
            var info = new X86InterceptInfo { Intercept = X86Intercept.Shutdown };
            X86Verdict verdict = _core.AskHandler(ref info);
            if (verdict == X86Verdict.Exited)
                _s->Leave = LeaveReason.Exit;
            if (verdict is X86Verdict.Exited or X86Verdict.Completed)
                return;
        }

        _s->Arch.Activity = X86Activity.Shutdown;
        Volatile.Write(ref _s->Attention, 1);
    }

    /// <summary>Asks whether an exception is intercepted.</summary>
    /// <returns>True when it was asked; <paramref name="taken"/> says that the event is gone.</returns>
    private bool AskIntercept(ref X86Event e, out bool taken)
    {
        taken = false;
        ref X86GuestControls controls = ref _core.Controls;
        if (controls.ExceptionBitmap == 0 || e.Type is X86EventType.ExternalInterrupt or X86EventType.SoftwareInterrupt || e.Vector > 31)
            return false;
        bool bit = ((controls.ExceptionBitmap >> e.Vector) & 1) != 0;
        if (e.Vector == (byte)X86Exception.PageFault && (e.ErrorCode & controls.PageFaultMask) != controls.PageFaultMatch)
            bit = !bit;
        if (!bit)
            return false;
        var info = new X86InterceptInfo { Intercept = X86Intercept.Exception, Event = e, InstructionLength = e.InstructionLength };
        X86Verdict verdict = _core.AskHandler(ref info);
        taken = verdict is X86Verdict.Completed or X86Verdict.Exited;
        if (verdict == X86Verdict.Exited)
            _s->Leave = LeaveReason.Exit;
        e = info.Event;
        return true;
    }

    /// <summary>What changes before delivery begins: CR2, DR6 and DR7.GD.</summary>
    private void NoteArrival(in X86Event e)
    {
        bool hardware = e.Type == X86EventType.HardwareException;
        if (hardware && e.Vector == (byte)X86Exception.PageFault)
            _s->Arch.Cr2 = e.FaultAddress;
        if (hardware && e.Vector == (byte)X86Exception.Debug)
            _s->Arch.Dr6 = (_s->Arch.Dr6 & ~0xFUL) | e.FaultAddress;
        if (e.Vector == (byte)X86Exception.Debug && (hardware || e.Type == X86EventType.PrivilegedSoftwareException))
        {
            _s->Arch.Dr7 &= ~SystemRegisters.DebugRegisters.GeneralDetect;
            _s->Arch.DebugControl &= ~SystemRegisters.DebugRegisters.BranchTrap;
        }
    }

    private bool TryDeliver(in X86Event e)
    {
        _s->Leave = LeaveReason.Branch;
        if (!_core.IsProtected)
            return DeliverReal(e);
        return _core.IsLongMode ? DeliverLong(e) : DeliverProtected(e);
    }

    private static ulong ReturnRip(CoreState* s, in X86Event e) => IsSoftware(e) ? s->Arch.Rip + e.InstructionLength : s->Arch.Rip;

    /// <summary>RFLAGS as it is pushed: faults set RF, so that the instruction is not stopped at its breakpoint again, and so do interrupts between two iterations of a string instruction (SDM volume 3B, 18.3.1.1).</summary>
    private ulong PushedFlags(in X86Event e)
    {
        ulong flags = Flags.Get(_s);
        bool resumes = e.Type switch
        {
            X86EventType.HardwareException => (X86Exception)e.Vector switch
            {
                X86Exception.Debug => (e.FaultAddress & SystemRegisters.DebugRegisters.AccessDetected) != 0,
                X86Exception.DoubleFault or X86Exception.MachineCheck => false,
                _ => true,
            },
            X86EventType.ExternalInterrupt or X86EventType.Nmi => _core.BetweenIterations,
            _ => false,
        };
        return resumes ? flags | Flags.Resume : flags;
    }

    private bool DeliverReal(in X86Event e)
    {
        uint offset = e.Vector * 4u;
        if (offset + 3 > _s->Arch.Idtr.Limit)
            return _core.SetFault(X86Exception.GeneralProtection);
        uint entry;
        if (!_core.LoadSystem(_s->Arch.Idtr.Base + offset, &entry, 4))
            return false;
        return EnterParagraph(Flags.Get(_s), ReturnRip(_s, e), entry, Flags.Interrupt | Flags.Trap | Flags.AlignmentCheck | Flags.Resume);
    }

    /// <summary>Enters a handler as an 8086 does: FLAGS, CS and IP on the stack, 16 bits each.</summary>
    private bool EnterParagraph(ulong pushedFlags, ulong rip, uint entry, ulong cleared)
    {
        var frame = new FrameWriter(_core, _s->Cpl);
        ushort cs = _s->Arch.Segments[(int)X86SegmentRegister.Cs].Selector;
        if (!frame.Push(pushedFlags, 2) || !frame.Push(cs, 2) || !frame.Push(rip, 2))
            return false;
        frame.Commit();
        X86Segment old = _s->Arch.Segments[(int)X86SegmentRegister.Cs];
        _core.Segments.LoadParagraph(X86SegmentRegister.Cs, (ushort)(entry >> 16));
        _s->Arch.Rip = (ushort)entry;
        _core.SetFlags(Flags.Get(_s) & ~cleared);
        _core.Far.CodeChanged(old);
        return true;
    }

    /// <summary>INT n in virtual-8086 mode with VME, where the task's bitmap sends the vector to the 8086 program's own handler (SDM volume 3B, 21.3.2).</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="rip">Where it returns to.</param>
    public bool EnterVirtual8086(byte vector, ulong rip)
    {
        uint entry;
        if (!_core.LoadAs(true, vector * 4u, &entry, 4))
            return false;
        ulong flags = Flags.Get(_s);
        bool limited = ((flags >> 12) & 3) < 3;
        ulong pushed = flags;
        if (limited)
            pushed = (flags & ~Flags.Interrupt) | Flags.IoPrivilege | ((flags & Flags.VirtualInterrupt) != 0 ? Flags.Interrupt : 0);
        return EnterParagraph(pushed, rip, entry, Flags.Trap | (limited ? Flags.VirtualInterrupt : Flags.Interrupt));
    }

    private bool DeliverProtected(in X86Event e)
    {
        uint external = IsExternal(e) ? 1u : 0;
        uint idtError = (e.Vector * 8u) | IdtFlag | external;
        if (e.Vector * 8u + 7 > _s->Arch.Idtr.Limit)
            return _core.SetFault(X86Exception.GeneralProtection, idtError);
        ulong raw;
        if (!_core.LoadSystem(_s->Arch.Idtr.Base + (e.Vector * 8u), &raw, 8))
            return false;
        var gate = new Descriptor(raw);
        bool known = !gate.IsSegment && gate.Type is SystemType.TaskGate
            or SystemType.InterruptGate16 or SystemType.TrapGate16 or SystemType.InterruptGate32 or SystemType.TrapGate32;
        if (!known || gate.IsSegment)
            return _core.SetFault(X86Exception.GeneralProtection, idtError);
        if (IsSoftware(e) && e.Type != X86EventType.PrivilegedSoftwareException && gate.Dpl < _s->Cpl)
            return _core.SetFault(X86Exception.GeneralProtection, idtError);
        if (!gate.IsPresent)
            return _core.SetFault(X86Exception.SegmentNotPresent, idtError);
        if (gate.Type == SystemType.TaskGate)
            return _core.Tasks.SwitchThroughGate(gate, TaskSwitchKind.Gate, ReturnRip(_s, e), PushedFlags(e), e.HasErrorCode, e.ErrorCode, external);

        if (!ReadHandler(gate, external, out ushort selector, out Descriptor code))
            return false;
        int size = gate.Type >= SystemType.InterruptGate32 ? 4 : 2;
        ulong offset = size == 4 ? gate.GateOffset : gate.GateOffset & 0xFFFF;
        bool virtual8086 = _core.IsVirtual8086;
        bool inner = !code.IsConforming && code.Dpl < _s->Cpl;
        if (virtual8086 && (!inner || code.Dpl != 0))
            return _core.SetFault(X86Exception.GeneralProtection, (selector & 0xFFFCu) | external);

        ushort cs = _s->Arch.Segments[(int)X86SegmentRegister.Cs].Selector;
        int cpl = inner ? code.Dpl : _s->Cpl;
        FrameWriter frame;
        if (inner)
        {
            if (!_core.Tasks.ReadStackPointer(cpl, out ushort ssSelector, out ulong rsp, external)
                || !_core.Segments.CheckStack(ssSelector, cpl, X86Exception.InvalidTss, external, out X86Segment ss))
                return false;
            frame = new FrameWriter(_core, cpl, ss, rsp, false, external);
            ref X86Segments old = ref _s->Arch.Segments;
            if (virtual8086
                && (!frame.Push(old[(int)X86SegmentRegister.Gs].Selector, size) || !frame.Push(old[(int)X86SegmentRegister.Fs].Selector, size)
                    || !frame.Push(old[(int)X86SegmentRegister.Ds].Selector, size) || !frame.Push(old[(int)X86SegmentRegister.Es].Selector, size)))
                return false;
            if (!frame.Push(old[(int)X86SegmentRegister.Ss].Selector, size) || !frame.Push(_s->Arch.Gpr[(int)X86Register.Rsp], size))
                return false;
        }
        else
        {
            frame = new FrameWriter(_core, cpl, false, external);
        }

        if (!frame.Push(PushedFlags(e), size) || !frame.Push(cs, size) || !frame.Push(ReturnRip(_s, e), size)
            || (e.HasErrorCode && !frame.Push(e.ErrorCode, size)))
            return false;
        if (!_core.Far.CheckTarget(code, offset, external))
            return false;

        ulong cleared = Flags.Trap | Flags.Virtual8086 | Flags.Resume | Flags.NestedTask;
        if (gate.Type is SystemType.InterruptGate16 or SystemType.InterruptGate32)
            cleared |= Flags.Interrupt;
        return Enter(selector, code, offset, cpl, frame, cleared, virtual8086);
    }

    private bool DeliverLong(in X86Event e)
    {
        uint external = IsExternal(e) ? 1u : 0;
        uint idtError = (e.Vector * 8u) | IdtFlag | external;
        uint offset = e.Vector * 16u;
        if (offset + 15 > _s->Arch.Idtr.Limit)
            return _core.SetFault(X86Exception.GeneralProtection, idtError);
        ulong* raw = stackalloc ulong[2];
        if (!_core.LoadSystem(_s->Arch.Idtr.Base + offset, raw, 16))
            return false;
        var gate = new Descriptor(raw[0], raw[1]);
        if (gate.IsSegment || gate.Type is not (SystemType.InterruptGate32 or SystemType.TrapGate32))
            return _core.SetFault(X86Exception.GeneralProtection, idtError);
        if (IsSoftware(e) && e.Type != X86EventType.PrivilegedSoftwareException && gate.Dpl < _s->Cpl)
            return _core.SetFault(X86Exception.GeneralProtection, idtError);
        if (!gate.IsPresent)
            return _core.SetFault(X86Exception.SegmentNotPresent, idtError);
        if (!ReadHandler(gate, external, out ushort selector, out Descriptor code))
            return false;
        if (!code.IsLong || code.IsDefault32)
            return _core.SetFault(X86Exception.GeneralProtection, (selector & 0xFFFCu) | external);
        if (!PageWalker.IsCanonical(_s, gate.GateOffset))
            return _core.SetFault(X86Exception.GeneralProtection, external);

        bool inner = !code.IsConforming && code.Dpl < _s->Cpl;
        int cpl = inner ? code.Dpl : _s->Cpl;
        ulong oldRsp = _s->Arch.Gpr[(int)X86Register.Rsp];
        X86Segment oldSs = _s->Arch.Segments[(int)X86SegmentRegister.Ss];
        ulong rsp = oldRsp;
        if ((inner || gate.GateStack != 0) && !_core.Tasks.ReadStackPointer64(cpl, gate.GateStack, out rsp, external))
            return false;
        X86Segment ss = inner
            ? new X86Segment { Selector = (ushort)cpl, Attributes = X86SegmentAttributes.Unusable | (X86SegmentAttributes)(cpl << 5) }
            : oldSs;
        var frame = new FrameWriter(_core, cpl, ss, rsp, true, external);
        frame.Align();
        ushort cs = _s->Arch.Segments[(int)X86SegmentRegister.Cs].Selector;
        if (!frame.Push(oldSs.Selector, 8) || !frame.Push(oldRsp, 8) || !frame.Push(PushedFlags(e), 8)
            || !frame.Push(cs, 8) || !frame.Push(ReturnRip(_s, e), 8)
            || (e.HasErrorCode && !frame.Push(e.ErrorCode, 8)))
            return false;

        ulong cleared = Flags.Trap | Flags.Resume | Flags.NestedTask;
        if (gate.Type == SystemType.InterruptGate32)
            cleared |= Flags.Interrupt;
        return Enter(selector, code, gate.GateOffset, cpl, frame, cleared, false);
    }

    private bool ReadHandler(in Descriptor gate, uint external, out ushort selector, out Descriptor code)
    {
        code = default;
        selector = gate.GateSelector;
        if ((selector & 0xFFFC) == 0)
            return _core.SetFault(X86Exception.GeneralProtection, external);
        if (!_core.Segments.ReadDescriptor(selector, X86Exception.GeneralProtection, out code, external))
            return false;
        uint error = (selector & 0xFFFCu) | external;
        if (!code.IsCode || code.Dpl > _s->Cpl)
            return _core.SetFault(X86Exception.GeneralProtection, error);
        return code.IsPresent || _core.SetFault(X86Exception.SegmentNotPresent, error);
    }

    private bool Enter(ushort selector, Descriptor code, ulong offset, int cpl, in FrameWriter frame, ulong cleared, bool fromVirtual8086)
    {
        // The last thing that can fault.
        if (!_core.Segments.SetAccessed(selector, ref code))
            return false;

        // Flags first: the segment rules below must be those of protected mode.
        ulong flags = Flags.Get(_s) & ~cleared;
        if (fromVirtual8086)
        {
            _s->Arch.Rflags &= ~Flags.Virtual8086;
            foreach (X86SegmentRegister register in (ReadOnlySpan<X86SegmentRegister>)
                [X86SegmentRegister.Es, X86SegmentRegister.Ds, X86SegmentRegister.Fs, X86SegmentRegister.Gs])
                _core.Segments.SetNull(register, 0);
        }

        frame.Commit();
        if (!_core.Far.SetCode(selector, code, offset, cpl))
            return false;
        _core.SetFlags(flags);
        _core.SegmentsChanged();
        _core.UpdateMode();
        return true;
    }
}
