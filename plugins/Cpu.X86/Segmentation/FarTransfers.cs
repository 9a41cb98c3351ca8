using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Paging;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Segmentation;

/// <summary>Far JMP and CALL, directly and through call gates, and far RET (SDM volume 3A, 5.8; volume 2, JMP, CALL, RET). A result of false means that a fault is recorded; RIP is set otherwise.</summary>
internal sealed unsafe class FarTransfers
{
    private readonly X86Core _core;
    private readonly CoreState* _s;

    public FarTransfers(X86Core core)
    {
        _core = core;
        _s = core.S;
    }

    /// <summary>A far jump.</summary>
    /// <param name="selector">The target's selector.</param>
    /// <param name="offset">The target's offset.</param>
    /// <param name="size">The operand size in bytes.</param>
    /// <param name="next">RIP of the next instruction, for a task switch.</param>
    public bool Jump(ushort selector, ulong offset, int size, ulong next)
    {
        if (_core.HasParagraphSegments)
            return JumpParagraph(selector, offset);
        if (!ReadTarget(selector, out Descriptor descriptor))
            return false;
        if (descriptor.IsSegment)
        {
            if (!CheckDirect(selector, descriptor))
                return false;
            return SetCode(selector, descriptor, offset, _s->Cpl);
        }

        switch (descriptor.Type)
        {
            case SystemType.CallGate16 when !_core.IsLongMode:
            case SystemType.CallGate32:
                if (!ReadGate(selector, descriptor, out ushort target, out Descriptor code, out ulong gateOffset))
                    return false;
                bool allowed = code.IsConforming ? code.Dpl <= _s->Cpl : code.Dpl == _s->Cpl;
                if (!allowed)
                    return _core.SetFault(X86Exception.GeneralProtection, target & 0xFFFCu);
                if (!code.IsPresent)
                    return _core.SetFault(X86Exception.SegmentNotPresent, target & 0xFFFCu);
                return SetCode(target, code, gateOffset, _s->Cpl);
            default:
                return SwitchTask(selector, descriptor, TaskSwitchKind.Jump, next);
        }
    }

    /// <summary>A far call.</summary>
    /// <param name="selector">The target's selector.</param>
    /// <param name="offset">The target's offset.</param>
    /// <param name="size">The operand size in bytes.</param>
    /// <param name="next">RIP to come back to.</param>
    public bool Call(ushort selector, ulong offset, int size, ulong next)
    {
        ushort oldCs = _s->Arch.Segments[(int)X86SegmentRegister.Cs].Selector;
        if (_core.HasParagraphSegments)
        {
            if (offset > _s->Arch.Segments[(int)X86SegmentRegister.Cs].Limit)
                return _core.SetFault(X86Exception.GeneralProtection, 0);
            var paragraph = new FrameWriter(_core, _s->Cpl);
            if (!paragraph.Push(oldCs, size) || !paragraph.Push(next, size))
                return false;
            paragraph.Commit();
            return JumpParagraph(selector, offset);
        }

        if (!ReadTarget(selector, out Descriptor descriptor))
            return false;
        if (descriptor.IsSegment)
        {
            if (!CheckDirect(selector, descriptor) || !CheckTarget(descriptor, offset))
                return false;
            var frame = new FrameWriter(_core, _s->Cpl);
            if (!frame.Push(oldCs, size) || !frame.Push(next, size) || !SetCode(selector, descriptor, offset, _s->Cpl))
                return false;
            frame.Commit();
            return true;
        }

        switch (descriptor.Type)
        {
            case SystemType.CallGate16 when !_core.IsLongMode:
            case SystemType.CallGate32:
                return CallGate(selector, descriptor, next);
            default:
                return SwitchTask(selector, descriptor, TaskSwitchKind.Call, next);
        }
    }

    /// <summary>A far return.</summary>
    /// <param name="size">The operand size in bytes.</param>
    /// <param name="release">Bytes of parameters to release.</param>
    public bool Return(int size, uint release)
    {
        var stack = new FrameReader(_core);
        if (!stack.Pop(size, out ulong offset) || !stack.Pop(size, out ulong selectorValue))
            return false;
        ushort selector = (ushort)selectorValue;
        if (_core.HasParagraphSegments)
        {
            if (offset > _s->Arch.Segments[(int)X86SegmentRegister.Cs].Limit)
                return _core.SetFault(X86Exception.GeneralProtection, 0);
            stack.Skip(release);
            stack.Commit();
            return JumpParagraph(selector, offset);
        }

        if (!CheckReturn(selector, out Descriptor code))
            return false;
        int rpl = selector & 3;
        if (rpl == _s->Cpl)
        {
            if (!SetCode(selector, code, offset, rpl))
                return false;
            stack.Skip(release);
            stack.Commit();
            return true;
        }

        stack.Skip(release);
        if (!stack.Pop(size, out ulong rsp) || !stack.Pop(size, out ulong ssValue))
            return false;
        if (!CheckTarget(code, offset) || !CheckReturnStack((ushort)ssValue, rpl, code.IsLong, out X86Segment ss))
            return false;
        if (!SetCode(selector, code, offset, rpl))
            return false;
        SetStack(ss, rsp, release);
        _core.Segments.DropInner(rpl);
        _core.SegmentsChanged();
        _core.UpdateMode();
        return true;
    }

    /// <summary>Checks the code segment that RET or IRET goes back to.</summary>
    public bool CheckReturn(ushort selector, out Descriptor code)
    {
        code = default;
        if ((selector & 0xFFFC) == 0)
            return _core.SetFault(X86Exception.GeneralProtection, 0);
        if (!_core.Segments.ReadDescriptor(selector, X86Exception.GeneralProtection, out code))
            return false;
        int rpl = selector & 3;
        uint error = selector & 0xFFFCu;
        bool valid = code.IsCode && rpl >= _s->Cpl && (code.IsConforming ? code.Dpl <= rpl : code.Dpl == rpl);
        if (!valid || (_core.IsLongMode && code.IsLong && code.IsDefault32))
            return _core.SetFault(X86Exception.GeneralProtection, error);
        return code.IsPresent || _core.SetFault(X86Exception.SegmentNotPresent, error);
    }

    /// <summary>Checks the stack segment that RET or IRET goes back to at an outer level.</summary>
    /// <param name="selector">The selector.</param>
    /// <param name="rpl">The level gone back to.</param>
    /// <param name="toLong">Whether that is 64-bit mode, where SS may be null below level 3.</param>
    /// <param name="segment">The register to be.</param>
    public bool CheckReturnStack(ushort selector, int rpl, bool toLong, out X86Segment segment)
    {
        if ((selector & 0xFFFC) == 0 && _core.IsLongMode && toLong && rpl != 3 && (selector & 3) == rpl)
        {
            segment = new X86Segment
            {
                Selector = selector,
                Attributes = X86SegmentAttributes.Unusable | (X86SegmentAttributes)(rpl << 5),
            };
            return true;
        }

        return _core.Segments.CheckStack(selector, rpl, X86Exception.GeneralProtection, 0, out segment);
    }

    /// <summary>Whether an offset can be gone to in a code segment.</summary>
    /// <param name="code">The code segment.</param>
    /// <param name="offset">The offset.</param>
    /// <param name="external">The EXT bit of the error code.</param>
    public bool CheckTarget(in Descriptor code, ulong offset, uint external = 0)
    {
        bool valid = _core.IsLongMode && code.IsLong ? PageWalker.IsCanonical(_core.S, offset) : offset <= code.Limit;
        return valid || _core.SetFault(X86Exception.GeneralProtection, external);
    }

    /// <summary>Loads CS and RIP.</summary>
    /// <param name="selector">The selector; its RPL becomes the privilege level.</param>
    /// <param name="code">The checked descriptor.</param>
    /// <param name="offset">The offset.</param>
    /// <param name="cpl">The privilege level.</param>
    public bool SetCode(ushort selector, Descriptor code, ulong offset, int cpl)
    {
        if (!CheckTarget(code, offset) || !_core.Segments.SetAccessed(selector, ref code))
            return false;
        ref X86Segment cs = ref _s->Arch.Segments[(int)X86SegmentRegister.Cs];
        X86Segment old = cs;
        cs = code.ToSegment((ushort)((selector & 0xFFFC) | cpl));
        ref X86Segment ss = ref _s->Arch.Segments[(int)X86SegmentRegister.Ss];
        ss.Attributes = (ss.Attributes & ~X86SegmentAttributes.DplMask) | (X86SegmentAttributes)(cpl << 5);
        CodeChanged(old);
        _s->Arch.Rip = offset;
        return true;
    }

    /// <summary>Loads SS and RSP after a return to an outer level.</summary>
    public void SetStack(in X86Segment ss, ulong rsp, uint release)
    {
        _s->Arch.Segments[(int)X86SegmentRegister.Ss] = ss;
        _core.UpdateMode();
        _s->Arch.Gpr[(int)X86Register.Rsp] = (_s->Mode & BlockMode.Code64) != 0 ? rsp + release
            : (_s->Mode & BlockMode.Stack32) != 0 ? (uint)(rsp + release)
            : (_s->Arch.Gpr[(int)X86Register.Rsp] & ~0xFFFFUL) | (ushort)(rsp + release);
    }

    /// <summary>Sees to what depends on CS. Blocks are linked by RIP, so another base or limit makes the links wrong.</summary>
    public void CodeChanged(in X86Segment old)
    {
        ref X86Segment cs = ref _s->Arch.Segments[(int)X86SegmentRegister.Cs];
        if (cs.Base != old.Base || cs.Limit != old.Limit)
            _core.DropLinks();
        _core.SegmentsChanged();
        _core.UpdateMode();
    }

    private bool JumpParagraph(ushort selector, ulong offset)
    {
        if (offset > _s->Arch.Segments[(int)X86SegmentRegister.Cs].Limit)
            return _core.SetFault(X86Exception.GeneralProtection, 0);
        X86Segment old = _s->Arch.Segments[(int)X86SegmentRegister.Cs];
        _core.Segments.LoadParagraph(X86SegmentRegister.Cs, selector);
        CodeChanged(old);
        _s->Arch.Rip = offset;
        return true;
    }

    private bool ReadTarget(ushort selector, out Descriptor descriptor)
    {
        descriptor = default;
        if ((selector & 0xFFFC) == 0)
            return _core.SetFault(X86Exception.GeneralProtection, 0);
        return _core.Segments.ReadDescriptor(selector, X86Exception.GeneralProtection, out descriptor);
    }

    private bool CheckDirect(ushort selector, in Descriptor code)
    {
        uint error = selector & 0xFFFCu;
        bool allowed = code.IsCode
            && (code.IsConforming ? code.Dpl <= _s->Cpl : (selector & 3) <= _s->Cpl && code.Dpl == _s->Cpl);
        if (!allowed || (_core.IsLongMode && code.IsLong && code.IsDefault32))
            return _core.SetFault(X86Exception.GeneralProtection, error);
        return code.IsPresent || _core.SetFault(X86Exception.SegmentNotPresent, error);
    }

    private bool ReadGate(ushort selector, in Descriptor gate, out ushort target, out Descriptor code, out ulong offset)
    {
        code = default;
        target = gate.GateSelector;
        offset = gate.Type == SystemType.CallGate16 ? gate.GateOffset & 0xFFFF : gate.GateOffset;
        uint error = selector & 0xFFFCu;
        if (gate.Dpl < _s->Cpl || gate.Dpl < (selector & 3) || gate.HighType != 0)
            return _core.SetFault(X86Exception.GeneralProtection, error);
        if (!gate.IsPresent)
            return _core.SetFault(X86Exception.SegmentNotPresent, error);
        if ((target & 0xFFFC) == 0)
            return _core.SetFault(X86Exception.GeneralProtection, 0);
        if (!_core.Segments.ReadDescriptor(target, X86Exception.GeneralProtection, out code))
            return false;
        uint targetError = target & 0xFFFCu;
        if (!code.IsCode || code.Dpl > _s->Cpl || (_core.IsLongMode && (!code.IsLong || code.IsDefault32)))
            return _core.SetFault(X86Exception.GeneralProtection, targetError);
        return true;
    }

    private bool CallGate(ushort selector, in Descriptor gate, ulong next)
    {
        if (!ReadGate(selector, gate, out ushort target, out Descriptor code, out ulong offset))
            return false;
        if (!code.IsPresent)
            return _core.SetFault(X86Exception.SegmentNotPresent, target & 0xFFFCu);
        int size = _core.IsLongMode ? 8 : gate.Type == SystemType.CallGate16 ? 2 : 4;
        ushort oldCs = _s->Arch.Segments[(int)X86SegmentRegister.Cs].Selector;
        if (code.IsConforming || code.Dpl == _s->Cpl)
        {
            var frame = new FrameWriter(_core, _s->Cpl, size == 8);
            if (!CheckTarget(code, offset) || !frame.Push(oldCs, size) || !frame.Push(next, size) || !SetCode(target, code, offset, _s->Cpl))
                return false;
            frame.Commit();
            return true;
        }

        return CallInner(gate, target, code, offset, size, oldCs, next);
    }

    private bool CallInner(in Descriptor gate, ushort target, in Descriptor code, ulong offset, int size, ushort oldCs, ulong next)
    {
        int cpl = code.Dpl;
        X86Segment ss;
        ulong rsp;
        if (size == 8)
        {
            if (!_core.Tasks.ReadStackPointer64(cpl, 0, out rsp))
                return false;
            ss = new X86Segment { Selector = (ushort)cpl, Attributes = X86SegmentAttributes.Unusable | (X86SegmentAttributes)(cpl << 5) };
        }
        else if (!_core.Tasks.ReadStackPointer(cpl, out ushort ssSelector, out rsp)
            || !_core.Segments.CheckStack(ssSelector, cpl, X86Exception.InvalidTss, 0, out ss))
        {
            return false;
        }

        ushort oldSs = _s->Arch.Segments[(int)X86SegmentRegister.Ss].Selector;
        ulong oldRsp = _s->Arch.Gpr[(int)X86Register.Rsp];
        var frame = new FrameWriter(_core, cpl, ss, rsp, size == 8);
        if (!frame.Push(oldSs, size) || !frame.Push(oldRsp, size))
            return false;
        int parameters = size == 8 ? 0 : gate.GateParameters;
        for (int i = parameters - 1; i >= 0; i--)
        {
            var reader = new FrameReader(_core);
            reader.Skip((uint)(i * size));
            if (!reader.Pop(size, out ulong parameter) || !frame.Push(parameter, size))
                return false;
        }

        if (!frame.Push(oldCs, size) || !frame.Push(next, size) || !CheckTarget(code, offset))
            return false;
        if (!SetCode(target, code, offset, cpl))
            return false;
        frame.Commit();
        _core.SegmentsChanged();
        _core.UpdateMode();
        return true;
    }

    private bool SwitchTask(ushort selector, in Descriptor descriptor, TaskSwitchKind kind, ulong next)
    {
        uint error = selector & 0xFFFCu;
        bool known = descriptor.Type is SystemType.TaskGate or SystemType.Tss16Available or SystemType.Tss32Available;
        if (_core.IsLongMode || !known || descriptor.Dpl < _s->Cpl || descriptor.Dpl < (selector & 3))
            return _core.SetFault(X86Exception.GeneralProtection, error);
        if (!descriptor.IsPresent)
            return _core.SetFault(X86Exception.SegmentNotPresent, error);
        if (descriptor.Type != SystemType.TaskGate)
            return _core.Tasks.Switch(selector, kind, next, Flags.Get(_s), false, 0);
        return _core.Tasks.SwitchThroughGate(descriptor, kind, next, Flags.Get(_s), false, 0);
    }
}
