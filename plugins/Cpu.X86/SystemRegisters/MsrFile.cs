using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Paging;
using Dominion.Cpu.X86.State;
using Dominion.Persistence;

namespace Dominion.Cpu.X86.SystemRegisters;

/// <summary>The model-specific registers (SDM volume 4). What the interpreter needs is in <see cref="X86State"/>; MTRRs and what is only remembered is here; the local APIC's are the APIC's.</summary>
internal sealed unsafe class MsrFile : IPersistent
{
    private const int VariableRanges = 8;
    private const uint MtrrCapability = 0xFE;
    private const uint MtrrDefault = 0x2FF;

    /// <summary>MSR_POWER_CTL, which systems set for the C-states that they enter by MWAIT (SDM volume 4, table 2-20); remembered.</summary>
    private const uint PowerControl = 0x1FC;

    /// <summary>IA32_XSS: there are no supervisor state components, so only 0 can be written (SDM volume 1, 13.3).</summary>
    private const uint Xss = 0xDA0;

    private const uint ApicBase = 0x1B;
    private const uint TscDeadline = 0x6E0;
    private const ulong ExtendedApic = 1 << 10;

    /// <summary>IA32_PKRS.</summary>
    private const uint SupervisorKeys = 0x6E1;

    private static readonly uint[] FixedRanges = [0x250, 0x258, 0x259, 0x268, 0x269, 0x26A, 0x26B, 0x26C, 0x26D, 0x26E, 0x26F];

    private readonly X86Core _core;
    private readonly CoreState* _s;
    private readonly ulong[] _variable = new ulong[2 * VariableRanges];
    private readonly ulong[] _fixed = new ulong[FixedRanges.Length];
    private readonly List<(uint First, uint Last, IX86ExtensionUnit Unit)> _extensions = [];
    private readonly AmdMsrs? _amd;
    private ulong _mtrrDefault;
    private ulong _machineCheckStatus;
    private ulong _powerControl;

    public MsrFile(X86Core core)
    {
        _core = core;
        _s = core.S;
        _amd = core.Model.IsAmd ? new AmdMsrs() : null;
    }

    private bool HasPowerControl => _amd == null && _core.Cpuid.Has("monitor");

    private ulong AddressMask => (1UL << _core.Memory.AddressBits) - 1;

    /// <summary>Takes the state after power-on.</summary>
    public void Reset()
    {
        Array.Clear(_variable);
        Array.Clear(_fixed);
        _mtrrDefault = 0;
        _machineCheckStatus = 0;
        _powerControl = 0;
        _amd?.Reset();
    }

    /// <summary>Gives a range of MSRs to an extension's unit.</summary>
    public void AddExtension(uint first, uint last, IX86ExtensionUnit unit) => _extensions.Add((first, last, unit));

    /// <summary>Reads an MSR.</summary>
    /// <returns>False for #GP(0).</returns>
    public bool TryRead(uint index, out ulong value)
    {
        ref X86State state = ref _s->Arch;
        value = 0;
        switch (index)
        {
            case 0x10: value = _core.TimestampCounter; return true;
            case 0x17: return true;
            case 0x3B: value = state.TscAdjust; return true;
            case 0x8B: value = _core.Model.MicrocodeRevision; return true;
            case 0x10A: value = _core.Cpuid.ArchitectureCapabilities; return _core.Cpuid.HasArchitectureCapabilities;
            case 0x174: value = state.SysenterCs; return true;
            case 0x175: value = state.SysenterEsp; return true;
            case 0x176: value = state.SysenterEip; return true;
            case 0x179: return true;
            case 0x17A: value = _machineCheckStatus; return true;
            case 0x1A0: value = state.MiscEnable; return true;
            case PowerControl: value = _powerControl; return HasPowerControl;
            case 0x1D9: value = state.DebugControl; return true;
            case 0x277: value = state.Pat; return true;
            case SupervisorKeys: value = state.Pkrs; return _core.Cpuid.HasSupervisorKeys;
            case Xss: value = state.Xss; return _core.Cpuid.HasXsaves;
            case 0xC000_0080: value = state.Efer; return true;
            case 0xC000_0081: value = state.Star; return true;
            case 0xC000_0082: value = state.Lstar; return true;
            case 0xC000_0083: value = state.Cstar; return true;
            case 0xC000_0084: value = state.Fmask; return true;
            case 0xC000_0100: value = state.Segments[(int)X86SegmentRegister.Fs].Base; return true;
            case 0xC000_0101: value = state.Segments[(int)X86SegmentRegister.Gs].Base; return true;
            case 0xC000_0102: value = state.KernelGsBase; return true;
            case 0xC000_0103: value = state.TscAux; return _core.Cpuid.HasRdtscp;
            case MtrrCapability: value = VariableRanges | (1 << 8) | (1 << 10); return true;
            case MtrrDefault: value = _mtrrDefault; return true;
            case >= 0x200 and < 0x200 + (2 * VariableRanges): value = _variable[index - 0x200]; return true;
        }

        int range = Array.IndexOf(FixedRanges, index);
        if (range >= 0)
        {
            value = _fixed[range];
            return true;
        }

        if (IsApic(index))
            return HasApic(index, 0) && _core.LocalApic is { } apic && apic.TryReadMsr(index, out value);
        if (_amd != null && _amd.TryRead(index, out value))
            return true;
        foreach ((uint first, uint last, IX86ExtensionUnit unit) in _extensions)
        {
            if (index >= first && index <= last)
                return unit.TryReadMsr(index, out value);
        }

        return false;
    }

    /// <summary>Writes an MSR.</summary>
    /// <returns>False for #GP(0).</returns>
    public bool TryWrite(uint index, ulong value)
    {
        ref X86State state = ref _s->Arch;
        switch (index)
        {
            case 0x10: state.TscAdjust += value - _core.TimestampCounter; return true;
            case 0x3B: state.TscAdjust = value; return true;
            case 0x79 or 0x8B: return true;
            case 0x174: state.SysenterCs = (uint)value; return true;
            case 0x175: return SetCanonical(ref state.SysenterEsp, value);
            case 0x176: return SetCanonical(ref state.SysenterEip, value);
            case 0x17A: return SetWithin(ref _machineCheckStatus, value, 7);
            case 0x1A0: state.MiscEnable = value; return true;
            case PowerControl: return HasPowerControl && SetWithin(ref _powerControl, value, uint.MaxValue);
            case 0x1D9: return SetWithin(ref state.DebugControl, value, 0xDFC3);
            case 0x277: return WritePat(value);
            case SupervisorKeys: return WriteSupervisorKeys(value);
            case Xss: return _core.Cpuid.HasXsaves && value == 0;
            case 0xC000_0080: return _core.Controls86.WriteEfer(value);
            case 0xC000_0081: state.Star = value; return true;
            case 0xC000_0082: return SetCanonical(ref state.Lstar, value);
            case 0xC000_0083: return SetCanonical(ref state.Cstar, value);
            case 0xC000_0084: state.Fmask = (uint)value; return true;
            case 0xC000_0100: return SetCanonical(ref state.Segments[(int)X86SegmentRegister.Fs].Base, value);
            case 0xC000_0101: return SetCanonical(ref state.Segments[(int)X86SegmentRegister.Gs].Base, value);
            case 0xC000_0102: return SetCanonical(ref state.KernelGsBase, value);
            case 0xC000_0103: return _core.Cpuid.HasRdtscp && SetWithin(ref state.TscAux, value, uint.MaxValue);
            case MtrrDefault: return WriteMtrr(ref _mtrrDefault, value, ~0xCFFUL, (byte)value);
            case >= 0x200 and < 0x200 + (2 * VariableRanges):
                bool mask = (index & 1) != 0;
                return WriteMtrr(ref _variable[index - 0x200], value, ~AddressMask | (mask ? 0x7FFUL : 0xF00UL), mask ? (byte)0 : (byte)value);
        }

        int range = Array.IndexOf(FixedRanges, index);
        if (range >= 0)
            return WriteFixed(range, value);
        if (IsApic(index))
            return HasApic(index, value) && _core.LocalApic is { } apic && apic.TryWriteMsr(index, value);
        if (_amd != null && _amd.TryWrite(index, value))
            return true;
        foreach ((uint first, uint last, IX86ExtensionUnit unit) in _extensions)
        {
            if (index >= first && index <= last)
                return unit.TryWriteMsr(index, value);
        }

        return false;
    }

    public void Save(StateWriter writer)
    {
        writer.BeginSection("x86-msrs", 2);
        foreach (ulong value in _variable)
            writer.Write(value);
        foreach (ulong value in _fixed)
            writer.Write(value);
        writer.Write(_mtrrDefault);
        writer.Write(_machineCheckStatus);
        writer.Write(_powerControl);
        _amd?.Save(writer);
    }

    public void Restore(StateReader reader)
    {
        reader.BeginSection("x86-msrs", 2);
        for (int i = 0; i < _variable.Length; i++)
            _variable[i] = reader.ReadUInt64();
        for (int i = 0; i < _fixed.Length; i++)
            _fixed[i] = reader.ReadUInt64();
        _mtrrDefault = reader.ReadUInt64();
        _machineCheckStatus = reader.ReadUInt64();
        _powerControl = reader.ReadUInt64();
        _amd?.Restore(reader);
    }

    private static bool IsApic(uint index) => index is ApicBase or TscDeadline or >= 0x800 and <= 0x8FF;

    /// <summary>Without x2APIC mode there is neither its bit in IA32_APIC_BASE nor its registers (SDM volume 3A, 11.12.1); without the deadline mode, no deadline.</summary>
    private bool HasApic(uint index, ulong written) => index switch
    {
        ApicBase => (written & ExtendedApic) == 0 || _core.Cpuid.HasX2Apic,
        TscDeadline => _core.Cpuid.HasTscDeadline,
        _ => _core.Cpuid.HasX2Apic,
    };

    private static bool SetWithin(ref ulong register, ulong value, ulong defined)
    {
        if ((value & ~defined) != 0)
            return false;
        register = value;
        return true;
    }

    private bool SetCanonical(ref ulong register, ulong value)
    {
        if (!_core.IsCanonicalBase(value))
            return false;
        register = value;
        return true;
    }

    private bool WriteSupervisorKeys(ulong value)
    {
        if (!_core.Cpuid.HasSupervisorKeys || value > uint.MaxValue)
            return false;
        _core.SetSupervisorKeyRights((uint)value);
        return true;
    }

    /// <summary>Memory types: 0, 1, 4, 5, 6; in the PAT also 7 (SDM volume 3A, 12.12.2).</summary>
    private bool WritePat(ulong value)
    {
        for (int i = 0; i < 8; i++)
        {
            byte type = (byte)(value >> (8 * i));
            if (!IsMemoryType(type) && type != 7)
                return false;
        }

        _s->Arch.Pat = value;
        return true;
    }

    private bool WriteFixed(int range, ulong value)
    {
        for (int i = 0; i < 8; i++)
        {
            if (!IsMemoryType((byte)(value >> (8 * i))))
                return false;
        }

        _fixed[range] = value;
        return true;
    }

    private static bool WriteMtrr(ref ulong register, ulong value, ulong reserved, byte type)
    {
        if ((value & reserved) != 0 || !IsMemoryType(type))
            return false;
        register = value;
        return true;
    }

    private static bool IsMemoryType(byte type) => type is 0 or 1 or 4 or 5 or 6;
}
