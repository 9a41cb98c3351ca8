using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Paging;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.SystemRegisters;

/// <summary>Writes to CR0, CR3, CR4, CR8 and EFER with all their checks and effects (SDM volume 3A, 2.5 and 4.1.2; volume 2, MOV—Move to/from Control Registers). A result of false means that a fault is recorded.</summary>
internal sealed unsafe class ControlRegisters
{
    private const ulong Cr0Writable = ControlBits.Cr0ProtectionEnable | ControlBits.Cr0MonitorCoprocessor | ControlBits.Cr0Emulation
        | ControlBits.Cr0TaskSwitched | ControlBits.Cr0NumericError | ControlBits.Cr0WriteProtect | ControlBits.Cr0AlignmentMask
        | ControlBits.Cr0NotWriteThrough | ControlBits.Cr0CacheDisable | ControlBits.Cr0Paging;

    private const ulong Cr0Reserved = 0xFFFF_FFFF_0000_0000;

    private readonly X86Core _core;
    private readonly CoreState* _s;
    private ulong _extensionCr4;
    private ulong _extensionEfer;

    public ControlRegisters(X86Core core)
    {
        _core = core;
        _s = core.S;
    }

    /// <summary>The bits of CR4 that may be set, as the CPU model's features say.</summary>
    public ulong PermittedCr4 => _core.Cpuid.PermittedCr4 | _extensionCr4;

    /// <summary>Lets an extension permit bits of CR4.</summary>
    public void PermitCr4(ulong bits) => _extensionCr4 |= bits;

    /// <summary>Lets an extension permit bits of EFER.</summary>
    public void PermitEfer(ulong bits) => _extensionEfer |= bits;

    /// <summary>MOV to CR0.</summary>
    public bool WriteCr0(ulong value)
    {
        ulong old = _s->Arch.Cr0;
        bool paging = (value & ControlBits.Cr0Paging) != 0;
        if ((value & Cr0Reserved) != 0
            || (paging && (value & ControlBits.Cr0ProtectionEnable) == 0)
            || ((value & ControlBits.Cr0NotWriteThrough) != 0 && (value & ControlBits.Cr0CacheDisable) == 0))
            return _core.SetFault(X86Exception.GeneralProtection, 0);
        value = (value & Cr0Writable) | ControlBits.Cr0ExtensionType;

        bool wasPaging = (old & ControlBits.Cr0Paging) != 0;
        bool longEnabled = (_s->Arch.Efer & ControlBits.EferLongModeEnable) != 0;
        if (paging && !wasPaging && longEnabled)
        {
            ref X86Segment cs = ref _s->Arch.Segments[(int)X86SegmentRegister.Cs];
            ref X86Segment tr = ref _s->Arch.Segments[(int)X86SegmentRegister.Tr];
            bool tss16 = tr.IsUsable && tr.Type is Segmentation.SystemType.Tss16Available or Segmentation.SystemType.Tss16Busy;
            if ((_s->Arch.Cr4 & ControlBits.Cr4Pae) == 0 || (cs.Attributes & X86SegmentAttributes.Long) != 0 || tss16)
                return _core.SetFault(X86Exception.GeneralProtection, 0);
            _s->Arch.Efer |= ControlBits.EferLongModeActive;
        }
        else if (!paging && wasPaging && _core.IsLongMode)
        {
            if (_core.Is64Bit || (_s->Arch.Cr4 & ControlBits.Cr4Pcid) != 0)
                return _core.SetFault(X86Exception.GeneralProtection, 0);
            _s->Arch.Efer &= ~ControlBits.EferLongModeActive;
        }

        bool pae = (_s->Arch.Cr4 & ControlBits.Cr4Pae) != 0 && !_core.IsLongMode;
        const ulong PdpteBits = ControlBits.Cr0Paging | ControlBits.Cr0CacheDisable | ControlBits.Cr0NotWriteThrough;
        if (paging && pae && ((old ^ value) & PdpteBits) != 0 && !LoadPdptes(_s->Arch.Cr3))
            return false;

        _s->Arch.Cr0 = value;
        const ulong TranslationBits = ControlBits.Cr0Paging | ControlBits.Cr0WriteProtect | ControlBits.Cr0ProtectionEnable;
        if (((old ^ value) & TranslationBits) != 0)
            _core.FlushTranslations(X86FlushScope.All, 0);
        if (((old ^ value) & ControlBits.Cr0ProtectionEnable) != 0)
            ProtectionChanged();
        _core.SegmentsChanged();
        _core.UpdateMode();
        return true;
    }

    /// <summary>MOV to CR3, with the checks and the flush.</summary>
    public bool WriteCr3(ulong value)
    {
        bool keep = false;
        if (_core.IsLongMode)
        {
            if ((_s->Arch.Cr4 & ControlBits.Cr4Pcid) != 0)
            {
                keep = (value >> 63) != 0;
                value &= ~(1UL << 63);
            }

            if ((value & (_core.Walker.ReservedCr3Bits | (1UL << 63))) != 0)
                return _core.SetFault(X86Exception.GeneralProtection, 0);
        }

        return LoadCr3(value, keep);
    }

    /// <summary>Loads CR3 and drops the translations of its context that are not global, unless the guest asks to keep them (SDM volume 3A, 4.10.4.1).</summary>
    public bool LoadCr3(ulong value, bool keep = false)
    {
        bool pae = (_s->Arch.Cr0 & ControlBits.Cr0Paging) != 0 && (_s->Arch.Cr4 & ControlBits.Cr4Pae) != 0 && !_core.IsLongMode;
        if (pae && !LoadPdptes(value))
            return false;
        _s->Arch.Cr3 = value;
        _core.ContextChanged(keep);
        return true;
    }

    /// <summary>MOV to CR4.</summary>
    public bool WriteCr4(ulong value)
    {
        ulong old = _s->Arch.Cr4;
        if ((value & ~PermittedCr4) != 0
            || (_core.IsLongMode && (value & ControlBits.Cr4Pae) == 0)
            || (_core.IsLongMode && ((old ^ value) & ControlBits.Cr4LinearAddress57) != 0))
            return _core.SetFault(X86Exception.GeneralProtection, 0);
        bool enablesPcid = (value & ~old & ControlBits.Cr4Pcid) != 0;
        if (enablesPcid && (!_core.IsLongMode || (_s->Arch.Cr3 & 0xFFF) != 0))
            return _core.SetFault(X86Exception.GeneralProtection, 0);
        const ulong TranslationBits = ControlBits.Cr4PageSizeExtensions | ControlBits.Cr4Pae | ControlBits.Cr4PageGlobal
            | ControlBits.Cr4Smep | ControlBits.Cr4Smap | ControlBits.Cr4Pcid | ControlBits.Cr4ProtectionKeys | ControlBits.Cr4SupervisorKeys | ControlBits.Cr4LinearAddress57;
        bool changes = ((old ^ value) & TranslationBits) != 0;
        _s->Arch.Cr4 = value;
        bool pae = (value & ControlBits.Cr4Pae) != 0 && !_core.IsLongMode && (_s->Arch.Cr0 & ControlBits.Cr0Paging) != 0;
        if (changes && pae && !LoadPdptes(_s->Arch.Cr3))
        {
            _s->Arch.Cr4 = old;
            return false;
        }

        if (changes)
            _core.FlushTranslations(X86FlushScope.All, 0);
        _core.UpdateMode();
        return true;
    }

    /// <summary>WRMSR to IA32_EFER.</summary>
    public bool WriteEfer(ulong value)
    {
        ulong permitted = _core.Cpuid.PermittedEfer | _extensionEfer;
        ulong old = _s->Arch.Efer;
        if ((value & ~(permitted | ControlBits.EferLongModeActive)) != 0)
            return false;
        bool changesMode = ((old ^ value) & ControlBits.EferLongModeEnable) != 0;
        if (changesMode && (_s->Arch.Cr0 & ControlBits.Cr0Paging) != 0)
            return false;
        _s->Arch.Efer = (value & permitted) | (old & ControlBits.EferLongModeActive);
        if (((old ^ value) & ControlBits.EferNoExecute) != 0)
            _core.FlushTranslations(X86FlushScope.All, 0);
        return true;
    }

    /// <summary>MOV to CR8.</summary>
    public bool WriteCr8(ulong value)
    {
        if ((value & ~15UL) != 0)
            return _core.SetFault(X86Exception.GeneralProtection, 0);
        if (_core.LocalApic is { } apic)
            apic.TaskPriority = (byte)value;
        return true;
    }

    /// <summary>Loads and checks the PAE pointer entries (SDM volume 3A, 4.4.1).</summary>
    private bool LoadPdptes(ulong cr3)
    {
        ulong table = cr3 & 0xFFFF_FFE0;
        X86PdpteRegisters entries = default;
        for (int i = 0; i < 4; i++)
        {
            ulong entry = _core.Walker.ReadPhysical(table + ((ulong)i * 8));
            if ((entry & PageEntry.Present) != 0 && (entry & _core.Walker.ReservedPdpteBits) != 0)
                return _core.SetFault(X86Exception.GeneralProtection, 0);
            entries[i] = entry;
        }

        _s->Arch.Pdpte = entries;
        return true;
    }

    /// <summary>CR0.PE changed: the segments keep what they hold; the privilege level is 0.</summary>
    private void ProtectionChanged()
    {
        _core.DropLinks();
        if (_core.IsProtected)
        {
            ref X86Segment ss = ref _s->Arch.Segments[(int)X86SegmentRegister.Ss];
            ss.Attributes &= ~X86SegmentAttributes.DplMask;
        }
    }
}
