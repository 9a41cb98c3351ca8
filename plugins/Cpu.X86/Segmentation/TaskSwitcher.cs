using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Segmentation;

/// <summary>The task-state segment: stack pointers, the I/O bitmap, and task switches (SDM volume 3A, chapter 7). A result of false means that a fault is recorded.</summary>
internal sealed unsafe class TaskSwitcher
{
    /// <summary>The bits of EFLAGS that are not reserved.</summary>
    private const uint DefinedFlags = 0x3F_7FD5;

    private const int Size16 = 44;
    private const int Size32 = 104;

    private readonly X86Core _core;
    private readonly CoreState* _s;

    public TaskSwitcher(X86Core core)
    {
        _core = core;
        _s = core.S;
    }

    private ref X86Segment Tr => ref _s->Arch.Segments[(int)X86SegmentRegister.Tr];

    private bool Is32Bit => (Tr.Type & 8) != 0;

    /// <summary>Reads an inner level's stack from a 16- or 32-bit TSS.</summary>
    public bool ReadStackPointer(int cpl, out ushort ss, out ulong esp, uint external = 0)
    {
        uint offset = Is32Bit ? 4 + (8 * (uint)cpl) : 2 + (4 * (uint)cpl);
        uint size = Is32Bit ? 6u : 4u;
        ss = 0;
        esp = 0;
        if (!Tr.IsUsable || offset + size - 1 > Tr.Limit)
            return _core.SetFault(X86Exception.InvalidTss, (Tr.Selector & 0xFFFCu) | external);
        byte* bytes = stackalloc byte[8];
        if (!_core.LoadSystem(_core.TruncateLinear(Tr.Base + offset), bytes, (int)size))
            return false;
        esp = Is32Bit ? *(uint*)bytes : *(ushort*)bytes;
        ss = *(ushort*)(bytes + size - 2);
        return true;
    }

    /// <summary>Reads a stack pointer from a 64-bit TSS: an inner level's, or one of the interrupt stack table.</summary>
    /// <param name="cpl">The level, where <paramref name="stack"/> is 0.</param>
    /// <param name="stack">The index in the interrupt stack table, from 1.</param>
    /// <param name="rsp">The pointer.</param>
    /// <param name="external">The EXT bit.</param>
    public bool ReadStackPointer64(int cpl, int stack, out ulong rsp, uint external = 0)
    {
        uint offset = stack != 0 ? 36 + (8 * ((uint)stack - 1)) : 4 + (8 * (uint)cpl);
        rsp = 0;
        if (!Tr.IsUsable || offset + 7 > Tr.Limit)
            return _core.SetFault(X86Exception.InvalidTss, (Tr.Selector & 0xFFFCu) | external);
        ulong value;
        if (!_core.LoadSystem(Tr.Base + offset, &value, 8))
            return false;
        rsp = value;
        return Paging.PageWalker.IsCanonical(_core.S, rsp) || _core.SetFault(X86Exception.StackFault, external);
    }

    /// <summary>Whether the I/O permission bitmap allows a range of ports (SDM volume 1, 19.5.2).</summary>
    /// <param name="port">The first port.</param>
    /// <param name="size">How many.</param>
    public bool AllowsPorts(ushort port, int size)
    {
        if (!Tr.IsUsable || (Tr.Type != SystemType.Tss32Busy && Tr.Type != SystemType.Tss32Available) || Tr.Limit < 103)
            return _core.SetFault(X86Exception.GeneralProtection, 0);
        ushort bitmap;
        if (!_core.LoadSystem(_core.TruncateSystem(Tr.Base + 102), &bitmap, 2))
            return false;
        uint offset = bitmap + (uint)(port >> 3);
        if (offset + 1 > Tr.Limit)
            return _core.SetFault(X86Exception.GeneralProtection, 0);
        ushort bits;
        if (!_core.LoadSystem(_core.TruncateSystem(Tr.Base + offset), &bits, 2))
            return false;
        return ((bits >> (port & 7)) & ((1 << size) - 1)) == 0 || _core.SetFault(X86Exception.GeneralProtection, 0);
    }

    /// <summary>Whether the interrupt redirection bitmap sends a vector to the IDT rather than to the 8086 program.</summary>
    public bool RedirectsToIdt(byte vector, out bool toIdt)
    {
        toIdt = true;
        ushort bitmap;
        if (Tr.Limit < 103 || !_core.LoadSystem(_core.TruncateLinear(Tr.Base + 102), &bitmap, 2))
            return _core.SetFault(X86Exception.GeneralProtection, 0);
        if (bitmap < 32 || (uint)bitmap - 32 + (uint)(vector >> 3) > Tr.Limit)
            return _core.SetFault(X86Exception.GeneralProtection, 0);
        byte bits;
        if (!_core.LoadSystem(_core.TruncateLinear(Tr.Base + bitmap - 32 + (uint)(vector >> 3)), &bits, 1))
            return false;
        toIdt = ((bits >> (vector & 7)) & 1) != 0;
        return true;
    }

    /// <summary>Switches to the task that a task gate names.</summary>
    public bool SwitchThroughGate(in Descriptor gate, TaskSwitchKind kind, ulong next, ulong flags, bool hasErrorCode, uint errorCode, uint external = 0)
    {
        ushort selector = gate.GateSelector;
        uint error = (selector & 0xFFFCu) | external;
        if ((selector & 4) != 0 || (selector & 0xFFFC) == 0)
            return _core.SetFault(X86Exception.GeneralProtection, error);
        if (!_core.Segments.ReadDescriptor(selector, X86Exception.GeneralProtection, out Descriptor tss, external))
            return false;
        if (tss.IsSegment || tss.Type is not (SystemType.Tss16Available or SystemType.Tss32Available))
            return _core.SetFault(X86Exception.GeneralProtection, error);
        if (!tss.IsPresent)
            return _core.SetFault(X86Exception.SegmentNotPresent, error);
        return Switch(selector, kind, next, flags, hasErrorCode, errorCode, external);
    }

    /// <summary>Goes back to the task that the current one is nested in: IRET with NT set.</summary>
    public bool ReturnFromTask(ulong next)
    {
        ushort link;
        if (!_core.LoadSystem(_core.TruncateLinear(Tr.Base), &link, 2))
            return false;
        uint error = link & 0xFFFCu;
        if ((link & 4) != 0)
            return _core.SetFault(X86Exception.InvalidTss, error);
        if (!_core.Segments.ReadDescriptor(link, X86Exception.InvalidTss, out Descriptor tss))
            return false;
        if (tss.IsSegment || tss.Type is not (SystemType.Tss16Busy or SystemType.Tss32Busy))
            return _core.SetFault(X86Exception.InvalidTss, error);
        if (!tss.IsPresent)
            return _core.SetFault(X86Exception.SegmentNotPresent, error);
        return Switch(link, TaskSwitchKind.Return, next, Flags.Get(_s), false, 0);
    }

    /// <summary>Switches to a task whose descriptor has been checked.</summary>
    /// <param name="selector">The TSS's selector.</param>
    /// <param name="kind">What caused it.</param>
    /// <param name="next">RIP to save for the old task.</param>
    /// <param name="flags">RFLAGS to save for the old task.</param>
    /// <param name="hasErrorCode">Whether an error code is pushed on the new task's stack.</param>
    /// <param name="errorCode">The error code.</param>
    /// <param name="external">The EXT bit.</param>
    public bool Switch(ushort selector, TaskSwitchKind kind, ulong next, ulong flags, bool hasErrorCode, uint errorCode, uint external = 0)
    {
        if (!_core.Segments.ReadDescriptor(selector, X86Exception.InvalidTss, out Descriptor descriptor, external))
            return false;
        bool wide = (descriptor.Type & 8) != 0;
        int size = wide ? Size32 : Size16;
        uint error = (selector & 0xFFFCu) | external;
        if (descriptor.Limit < (wide ? 103u : 43u))
            return _core.SetFault(X86Exception.InvalidTss, error);

        bool oldWide = Is32Bit;
        int oldSize = oldWide ? Size32 : Size16;
        byte* oldImage = stackalloc byte[Size32];
        byte* newImage = stackalloc byte[Size32];
        if (!_core.LoadSystem(Tr.Base, oldImage, oldSize) || !_core.LoadSystem(descriptor.Base, newImage, size))
            return false;

        if (kind == TaskSwitchKind.Return)
            flags &= ~Flags.NestedTask;
        SaveImage(oldImage, oldWide, next, flags);
        if (!_core.StoreSystem(Tr.Base, oldImage, oldSize))
            return false;
        if (kind is TaskSwitchKind.Jump or TaskSwitchKind.Return && !SetBusy(Tr.Selector, false))
            return false;
        if (kind is TaskSwitchKind.Call or TaskSwitchKind.Gate)
        {
            ushort link = Tr.Selector;
            if (!_core.StoreSystem(descriptor.Base, &link, 2))
                return false;
        }

        if (kind != TaskSwitchKind.Return && !SetBusy(selector, true))
            return false;
        descriptor = descriptor with { Low = descriptor.Low | (1UL << 41) };
        if (LoadTask(selector, descriptor, newImage, wide, kind, hasErrorCode, errorCode, external))
            return true;
        _core.FaultsInNewTask = kind != TaskSwitchKind.Gate;
        return false;
    }

    private bool SetBusy(ushort selector, bool busy)
    {
        if (!_core.Segments.Locate(selector, 8, out ulong address))
            return _core.SetFault(X86Exception.InvalidTss, selector & 0xFFFCu);
        byte type;
        if (!_core.LoadSystem(address + 5, &type, 1))
            return false;
        type = (byte)(busy ? type | 2 : type & ~2);
        return _core.StoreSystem(address + 5, &type, 1);
    }

    private void SaveImage(byte* image, bool wide, ulong next, ulong flags)
    {
        if (wide)
        {
            uint* fields = (uint*)image;
            fields[8] = (uint)next;
            fields[9] = (uint)flags;
            for (int i = 0; i < 8; i++)
                fields[10 + i] = (uint)_s->Arch.Gpr[i];
            for (int i = 0; i < 6; i++)
                *(ushort*)&fields[18 + i] = _s->Arch.Segments[i].Selector;
            return;
        }

        ushort* words = (ushort*)image;
        words[7] = (ushort)next;
        words[8] = (ushort)flags;
        for (int i = 0; i < 8; i++)
            words[9 + i] = (ushort)_s->Arch.Gpr[i];
        for (int i = 0; i < 4; i++)
            words[17 + i] = _s->Arch.Segments[i].Selector;
    }

    /// <summary>From here on the new task runs: faults are its own.</summary>
    private bool LoadTask(
        ushort selector, in Descriptor descriptor, byte* image, bool wide, TaskSwitchKind kind, bool hasErrorCode, uint errorCode, uint external)
    {
        uint* fields = (uint*)image;
        ushort* words = (ushort*)image;
        Tr = descriptor.ToSegment(selector);
        _s->Arch.Cr0 |= ControlBits.Cr0TaskSwitched;
        if (wide && (_s->Arch.Cr0 & ControlBits.Cr0Paging) != 0 && !_core.Controls86.LoadCr3(fields[7]))
            return false;

        ulong flags = (wide ? fields[9] : words[8]) & DefinedFlags;
        if (kind is TaskSwitchKind.Call or TaskSwitchKind.Gate)
            flags |= Flags.NestedTask;
        _s->Arch.Rip = wide ? fields[8] : words[7];
        for (int i = 0; i < 8; i++)
            _s->Arch.Gpr[i] = wide ? fields[10 + i] : (_s->Arch.Gpr[i] & 0xFFFF_0000) | words[9 + i];
        _s->Arch.Dr7 &= ~0x155UL;
        bool virtual8086 = wide && (flags & Flags.Virtual8086) != 0;
        _core.SetFlags((_s->Arch.Dr7 & 0xFF) != 0 ? flags : flags & ~Flags.Resume);

        ushort* selectors = stackalloc ushort[6];
        for (int i = 0; i < 6; i++)
            selectors[i] = wide ? *(ushort*)&fields[18 + i] : i < 4 ? words[17 + i] : (ushort)0;
        ushort ldt = wide ? *(ushort*)&fields[24] : words[21];
        for (int i = 0; i < 6; i++)
        {
            _core.Segments.SetNull((X86SegmentRegister)i, selectors[i]);
            _s->Arch.Segments[i].Selector = selectors[i];
        }

        _core.DropLinks();
        if (!LoadLdt(ldt, external))
            return false;
        if (virtual8086)
        {
            for (int i = 0; i < 6; i++)
                _core.Segments.LoadParagraph((X86SegmentRegister)i, selectors[i]);
            _s->Arch.Segments[(int)X86SegmentRegister.Ss].Attributes |= X86SegmentAttributes.DplMask;
        }
        else if (!LoadSegments(selectors, external))
        {
            return false;
        }

        _core.SegmentsChanged();
        _core.UpdateMode();
        if (hasErrorCode)
        {
            var frame = new FrameWriter(_core, _s->Cpl);
            if (!frame.Push(errorCode, wide ? 4 : 2))
                return false;
            frame.Commit();
        }

        if (wide && (image[100] & 1) != 0)
            _s->Arch.PendingDebug |= SystemRegisters.DebugRegisters.TaskSwitch;
        _core.UpdateMode();
        return _s->Arch.Rip <= _s->Arch.Segments[(int)X86SegmentRegister.Cs].Limit || _core.SetFault(X86Exception.GeneralProtection, 0);
    }

    /// <summary>Loads LDTR from a selector, as LLDT does.</summary>
    public bool LoadLdt(ushort selector, uint external, X86Exception vector = X86Exception.InvalidTss)
    {
        uint error = (selector & 0xFFFCu) | external;
        if ((selector & 0xFFFC) == 0)
        {
            _s->Arch.Segments[(int)X86SegmentRegister.Ldtr] = new X86Segment { Selector = selector, Attributes = X86SegmentAttributes.Unusable };
            return true;
        }

        if ((selector & 4) != 0)
            return _core.SetFault(vector, error);
        if (!_core.Segments.ReadDescriptor(selector, vector, out Descriptor descriptor, external))
            return false;
        if (descriptor.IsSegment || descriptor.Type != SystemType.Ldt)
            return _core.SetFault(vector, error);
        if (!descriptor.IsPresent)
            return _core.SetFault(vector == X86Exception.InvalidTss ? vector : X86Exception.SegmentNotPresent, error);
        if (!_core.IsCanonicalBase(descriptor.Base))
            return _core.SetFault(X86Exception.GeneralProtection, error);
        _s->Arch.Segments[(int)X86SegmentRegister.Ldtr] = descriptor.ToSegment(selector);
        return true;
    }

    private bool LoadSegments(ushort* selectors, uint external)
    {
        ushort cs = selectors[(int)X86SegmentRegister.Cs];
        uint error = (cs & 0xFFFCu) | external;
        if ((cs & 0xFFFC) == 0)
            return _core.SetFault(X86Exception.InvalidTss, error);
        if (!_core.Segments.ReadDescriptor(cs, X86Exception.InvalidTss, out Descriptor code, external))
            return false;
        int cpl = cs & 3;
        if (!code.IsCode || (code.IsConforming ? code.Dpl > cpl : code.Dpl != cpl))
            return _core.SetFault(X86Exception.InvalidTss, error);
        if (!code.IsPresent)
            return _core.SetFault(X86Exception.SegmentNotPresent, error);
        if (!_core.Segments.CheckStack(selectors[(int)X86SegmentRegister.Ss], cpl, X86Exception.InvalidTss, external, out X86Segment ss)
            || !_core.Segments.SetAccessed(cs, ref code))
            return false;
        _s->Arch.Segments[(int)X86SegmentRegister.Ss] = ss;
        _s->Arch.Segments[(int)X86SegmentRegister.Cs] = code.ToSegment(cs);
        _core.UpdateMode();
        foreach (X86SegmentRegister register in (ReadOnlySpan<X86SegmentRegister>)
            [X86SegmentRegister.Es, X86SegmentRegister.Ds, X86SegmentRegister.Fs, X86SegmentRegister.Gs])
        {
            if (_core.Segments.Load(register, selectors[(int)register]))
                continue;
            if (_s->FaultVector == (byte)X86Exception.GeneralProtection)
                _core.SetFault(X86Exception.InvalidTss, _s->FaultErrorCode | external);
            return false;
        }

        return true;
    }
}
