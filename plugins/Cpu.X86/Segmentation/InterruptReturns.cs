using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Segmentation;

/// <summary>IRET in every mode (SDM volume 2, IRET). A result of false means that a fault is recorded.</summary>
internal sealed unsafe class InterruptReturns
{
    private readonly X86Core _core;
    private readonly CoreState* _s;

    public InterruptReturns(X86Core core)
    {
        _core = core;
        _s = core.S;
    }

    private int IoPrivilege => (int)(_s->Arch.Rflags >> 12) & 3;

    /// <summary>Returns from an interrupt.</summary>
    /// <param name="size">The operand size in bytes.</param>
    /// <param name="next">RIP of the next instruction, for a task switch.</param>
    public bool Return(int size, ulong next)
    {
        bool ok = _core.HasParagraphSegments ? ReturnParagraph(size)
            : (_s->Arch.Rflags & Flags.NestedTask) != 0 ? ReturnTask(next)
            : ReturnProtected(size);
        if (ok)
            _core.UnblockNmi();
        return ok;
    }

    private bool ReturnTask(ulong next) =>
        _core.IsLongMode ? _core.SetFault(X86Exception.GeneralProtection, 0) : _core.Tasks.ReturnFromTask(next);

    private bool ReturnParagraph(int size)
    {
        bool virtual8086 = _core.IsVirtual8086;
        bool extended = virtual8086 && IoPrivilege < 3;
        if (extended && ((_s->Arch.Cr4 & ControlBits.Cr4Virtual8086) == 0 || size != 2))
            return _core.SetFault(X86Exception.GeneralProtection, 0);
        var stack = new FrameReader(_core);
        if (!stack.Pop(size, out ulong rip) || !stack.Pop(size, out ulong cs) || !stack.Pop(size, out ulong value))
            return false;
        if (rip > _s->Arch.Segments[(int)X86SegmentRegister.Cs].Limit)
            return _core.SetFault(X86Exception.GeneralProtection, 0);
        ulong old = Flags.Get(_s);
        ulong changeable = Flags.Status | Flags.Trap | Flags.Direction | Flags.NestedTask;
        if (size == 4)
            changeable |= Flags.Resume | Flags.AlignmentCheck | Flags.Identification;
        if (extended)
        {
            if ((value & Flags.Trap) != 0 || ((value & Flags.Interrupt) != 0 && (old & Flags.VirtualInterruptPending) != 0))
                return _core.SetFault(X86Exception.GeneralProtection, 0);
            old = (value & Flags.Interrupt) != 0 ? old | Flags.VirtualInterrupt : old & ~Flags.VirtualInterrupt;
        }
        else
        {
            changeable |= Flags.Interrupt;
            if (!virtual8086)
                changeable |= Flags.IoPrivilege;
        }

        stack.Commit();
        X86Segment before = _s->Arch.Segments[(int)X86SegmentRegister.Cs];
        _core.Segments.LoadParagraph(X86SegmentRegister.Cs, (ushort)cs);
        _s->Arch.Rip = rip;
        _core.SetFlags((old & ~changeable) | (value & changeable));
        _core.Far.CodeChanged(before);
        DropResume();
        return true;
    }

    private bool ReturnProtected(int size)
    {
        var stack = new FrameReader(_core);
        if (!stack.Pop(size, out ulong rip) || !stack.Pop(size, out ulong csValue) || !stack.Pop(size, out ulong flags))
            return false;
        ushort cs = (ushort)csValue;
        if (!_core.IsLongMode && size == 4 && (flags & Flags.Virtual8086) != 0 && _s->Cpl == 0)
            return ReturnVirtual8086(ref stack, rip, cs, flags);
        if (!_core.Far.CheckReturn(cs, out Descriptor code))
            return false;
        int rpl = cs & 3;
        int oldCpl = _s->Cpl;
        int oldIopl = IoPrivilege;

        // In 64-bit mode SS and RSP are always popped.
        bool popsStack = rpl != oldCpl || _core.Is64Bit;
        X86Segment ss = default;
        ulong rsp = 0;
        if (popsStack)
        {
            if (!stack.Pop(size, out rsp) || !stack.Pop(size, out ulong ssValue))
                return false;
            if (!_core.Far.CheckTarget(code, rip) || !_core.Far.CheckReturnStack((ushort)ssValue, rpl, code.IsLong, out ss))
                return false;
        }

        if (!_core.Far.SetCode(cs, code, rip, rpl))
            return false;
        if (popsStack)
            _core.Far.SetStack(ss, rsp, 0);
        else
            stack.Commit();

        ulong changeable = Flags.Status | Flags.Trap | Flags.Direction | Flags.NestedTask;
        if (size != 2)
            changeable |= Flags.Resume | Flags.AlignmentCheck | Flags.Identification;
        if (oldCpl <= oldIopl)
            changeable |= Flags.Interrupt;
        if (oldCpl == 0)
        {
            changeable |= Flags.IoPrivilege;
            if (size != 2)
                changeable |= Flags.VirtualInterrupt | Flags.VirtualInterruptPending;
        }

        if (rpl > oldCpl)
            _core.Segments.DropInner(rpl);
        _core.SetFlags((Flags.Get(_s) & ~changeable) | (flags & changeable));
        _core.SegmentsChanged();
        DropResume();
        _core.UpdateMode();
        return true;
    }

    private bool ReturnVirtual8086(ref FrameReader stack, ulong rip, ushort cs, ulong flags)
    {
        if (!stack.Pop(4, out ulong rsp) || !stack.Pop(4, out ulong ss) || !stack.Pop(4, out ulong es)
            || !stack.Pop(4, out ulong ds) || !stack.Pop(4, out ulong fs) || !stack.Pop(4, out ulong gs))
            return false;
        if (rip > 0xFFFF)
            return _core.SetFault(X86Exception.GeneralProtection, 0);
        const ulong Changeable = 0x3F_7FD5 | Flags.Identification;
        X86Segment before = _s->Arch.Segments[(int)X86SegmentRegister.Cs];
        _core.SetFlags((flags & Changeable) | Flags.Virtual8086 | Flags.Fixed);
        _core.Segments.LoadParagraph(X86SegmentRegister.Cs, cs);
        _core.Segments.LoadParagraph(X86SegmentRegister.Ss, (ushort)ss);
        _core.Segments.LoadParagraph(X86SegmentRegister.Es, (ushort)es);
        _core.Segments.LoadParagraph(X86SegmentRegister.Ds, (ushort)ds);
        _core.Segments.LoadParagraph(X86SegmentRegister.Fs, (ushort)fs);
        _core.Segments.LoadParagraph(X86SegmentRegister.Gs, (ushort)gs);
        _s->Arch.Gpr[(int)X86Register.Rsp] = (uint)rsp;
        _s->Arch.Rip = rip;
        _core.Far.CodeChanged(before);
        DropResume();
        return true;
    }

    /// <summary>RF matters only to instruction breakpoints; without any it is dropped at once, which nothing can see but an interrupt before the next instruction.</summary>
    private void DropResume()
    {
        if ((_s->Arch.Dr7 & 0xFF) == 0)
            _s->Arch.Rflags &= ~Flags.Resume;
        else
            _core.UpdateMode();
    }
}
