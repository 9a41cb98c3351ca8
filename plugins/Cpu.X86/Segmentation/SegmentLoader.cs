using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Segmentation;

/// <summary>Reads descriptors and loads segment registers (SDM volume 3A, 5.4 and 5.6 to 5.8). A result of false means that a fault is recorded.</summary>
internal sealed unsafe class SegmentLoader
{
    private readonly X86Core _core;
    private readonly CoreState* _s;

    public SegmentLoader(X86Core core)
    {
        _core = core;
        _s = core.S;
    }

    /// <summary>Reads the descriptor that a selector names.</summary>
    /// <param name="selector">The selector, not null.</param>
    /// <param name="vector">The exception for a selector outside its table; its error code is the selector.</param>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="external">The EXT bit of error codes.</param>
    public bool ReadDescriptor(ushort selector, X86Exception vector, out Descriptor descriptor, uint external = 0)
    {
        descriptor = default;
        if (!Locate(selector, 8, out ulong address))
            return _core.SetFault(vector, (selector & 0xFFFCu) | external);
        ulong low;
        if (!_core.LoadSystem(address, &low, 8))
            return false;
        descriptor = new Descriptor(low);
        if (descriptor.IsSegment || !_core.IsLongMode || !IsWide(descriptor.Type))
            return true;
        ulong high;
        if (!Locate(selector, 16, out address))
            return _core.SetFault(vector, (selector & 0xFFFCu) | external);
        if (!_core.LoadSystem(address + 8, &high, 8))
            return false;
        descriptor = new Descriptor(low, high);
        return true;
    }

    /// <summary>Where a selector's descriptor is.</summary>
    /// <returns>False when it is outside its table.</returns>
    public bool Locate(ushort selector, uint size, out ulong address)
    {
        uint offset = selector & 0xFFF8u;
        if ((selector & 4) == 0)
        {
            address = _s->Arch.Gdtr.Base + offset;
            return offset + size - 1 <= _s->Arch.Gdtr.Limit;
        }

        ref X86Segment ldt = ref _s->Arch.Segments[(int)X86SegmentRegister.Ldtr];
        address = ldt.Base + offset;
        return ldt.IsUsable && offset + size - 1 <= ldt.Limit;
    }

    /// <summary>Loads ES, SS, DS, FS or GS for MOV, POP and the far-pointer loads.</summary>
    public bool Load(X86SegmentRegister register, ushort selector)
    {
        if (_core.HasParagraphSegments)
        {
            LoadParagraph(register, selector);
            return true;
        }

        bool ok = register == X86SegmentRegister.Ss ? LoadStack(selector) : LoadData(register, selector);
        if (ok)
            _core.SegmentsChanged();
        return ok;
    }

    /// <summary>Loads a register as in real-address and virtual-8086 mode. In real mode limit and rights stay as they are.</summary>
    public void LoadParagraph(X86SegmentRegister register, ushort selector)
    {
        ref X86Segment segment = ref _s->Arch.Segments[(int)register];
        segment.Selector = selector;
        segment.Base = (ulong)selector << 4;
        if (_core.IsVirtual8086)
        {
            segment.Limit = 0xFFFF;
            segment.Attributes = (X86SegmentAttributes)0xF3;
        }
        else
        {
            segment.Attributes &= ~(X86SegmentAttributes.Unusable | X86SegmentAttributes.DplMask);
            segment.Attributes |= X86SegmentAttributes.Present;
            if (register == X86SegmentRegister.Cs)
                segment.Attributes = (segment.Attributes & ~X86SegmentAttributes.Long) | (X86SegmentAttributes)0x93;
        }

        _core.SegmentsChanged();
    }

    /// <summary>Loads SS for a stack that another privilege level uses: the checks of a stack switch.</summary>
    /// <param name="selector">The selector.</param>
    /// <param name="cpl">The privilege level that will use it.</param>
    /// <param name="vector">#TS for a gate, #GP for a return.</param>
    /// <param name="external">The EXT bit.</param>
    /// <param name="segment">The register to be.</param>
    public bool CheckStack(ushort selector, int cpl, X86Exception vector, uint external, out X86Segment segment)
    {
        segment = default;
        uint code = (selector & 0xFFFCu) | external;
        if ((selector & 0xFFFC) == 0)
            return _core.SetFault(vector, external);
        if (!ReadDescriptor(selector, vector, out Descriptor descriptor, external))
            return false;
        if ((selector & 3) != cpl || descriptor.Dpl != cpl || !descriptor.IsWritableData)
            return _core.SetFault(vector, code);
        if (!descriptor.IsPresent)
            return _core.SetFault(X86Exception.StackFault, code);
        if (!SetAccessed(selector, ref descriptor))
            return false;
        segment = descriptor.ToSegment(selector);
        return true;
    }

    /// <summary>Sets a descriptor's accessed flag in its table when it is clear.</summary>
    public bool SetAccessed(ushort selector, ref Descriptor descriptor)
    {
        if ((descriptor.Type & 1) != 0)
            return true;
        descriptor = descriptor with { Low = descriptor.Low | (1UL << 40) };
        return WriteType(selector, descriptor);
    }

    /// <summary>Writes a descriptor's type byte back to its table.</summary>
    public bool WriteType(ushort selector, in Descriptor descriptor)
    {
        Locate(selector, 8, out ulong address);
        byte type = (byte)(descriptor.Low >> 40);
        return _core.StoreSystem(address + 5, &type, 1);
    }

    /// <summary>Makes a register unusable, as a null selector does.</summary>
    public void SetNull(X86SegmentRegister register, ushort selector)
    {
        ref X86Segment segment = ref _s->Arch.Segments[(int)register];
        segment.Selector = selector;
        segment.Attributes |= X86SegmentAttributes.Unusable;
        segment.Attributes &= ~X86SegmentAttributes.Present;
        if (register != X86SegmentRegister.Ss)
            segment.Attributes &= ~X86SegmentAttributes.DplMask;
        if (!_core.IsLongMode || register < X86SegmentRegister.Fs)
            segment.Base = 0;
        _core.SegmentsChanged();
    }

    /// <summary>After a return to an outer level: data registers that the new level may not use become null (SDM volume 2, RET).</summary>
    public void DropInner(int cpl)
    {
        foreach (X86SegmentRegister register in (ReadOnlySpan<X86SegmentRegister>)
            [X86SegmentRegister.Es, X86SegmentRegister.Ds, X86SegmentRegister.Fs, X86SegmentRegister.Gs])
        {
            ref X86Segment segment = ref _s->Arch.Segments[(int)register];
            bool conforming = (segment.Type & 12) == 12;
            if (segment.IsUsable && !conforming && segment.Dpl < cpl)
                SetNull(register, 0);
        }
    }

    private static bool IsWide(int type) => type is SystemType.Ldt or SystemType.Tss32Available or SystemType.Tss32Busy or SystemType.CallGate32;

    private bool LoadStack(ushort selector)
    {
        if ((selector & 0xFFFC) == 0)
        {
            // A null SS is allowed in 64-bit mode below CPL 3 (SDM volume 2, MOV).
            if (!_core.Is64Bit || _s->Cpl == 3 || (selector & 3) != _s->Cpl)
                return _core.SetFault(X86Exception.GeneralProtection, 0);
            SetNull(X86SegmentRegister.Ss, selector);
            return true;
        }

        if (!CheckStack(selector, _s->Cpl, X86Exception.GeneralProtection, 0, out X86Segment segment))
            return false;
        _s->Arch.Segments[(int)X86SegmentRegister.Ss] = segment;
        return true;
    }

    private bool LoadData(X86SegmentRegister register, ushort selector)
    {
        if ((selector & 0xFFFC) == 0)
        {
            SetNull(register, selector);
            if (_core.IsLongMode)
                _s->Arch.Segments[(int)register].Base = 0;
            return true;
        }

        if (!ReadDescriptor(selector, X86Exception.GeneralProtection, out Descriptor descriptor))
            return false;
        uint code = selector & 0xFFFCu;
        bool privileged = descriptor.IsCode && descriptor.IsConforming
            || (descriptor.Dpl >= _s->Cpl && descriptor.Dpl >= (selector & 3));
        if (!descriptor.IsReadable || !privileged)
            return _core.SetFault(X86Exception.GeneralProtection, code);
        if (!descriptor.IsPresent)
            return _core.SetFault(X86Exception.SegmentNotPresent, code);
        if (!SetAccessed(selector, ref descriptor))
            return false;
        _s->Arch.Segments[(int)register] = descriptor.ToSegment(selector);
        return true;
    }
}
