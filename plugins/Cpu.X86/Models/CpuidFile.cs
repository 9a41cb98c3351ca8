using System.Numerics;
using System.Text;
using Dominion.Cpu.X86.Interpreter.Float;
using Dominion.Cpu.X86.Paging;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Models;

/// <summary>What CPUID answers on one core, and what follows from it: which instructions exist, which control bits may be set.</summary>
internal sealed class CpuidFile
{
    /// <summary>The bits of leaf 1's EDX that AMD repeats in EDX of leaf 8000_0001 (APM volume 3, appendix E.4.2).</summary>
    private const uint RepeatedBits = 0x0183_F3FF;

    private readonly X86Core _core;
    private readonly CpuModel _model;
    private readonly HashSet<string> _features;
    private readonly bool[] _instructionSets;
    private readonly Dictionary<(uint, uint), X86CpuidResult> _added = [];

    public CpuidFile(X86Core core)
    {
        _core = core;
        _model = core.Model;
        _features = [.. _model.Features];
        _instructionSets = new bool[Enum.GetValues<CpuidFeature>().Length];
        foreach (CpuidFeature set in CpuFeatures.Always)
            _instructionSets[(int)set] = true;
        foreach (CpuFeature feature in CpuFeatures.All)
        {
            foreach (CpuidFeature set in feature.Instructions)
                _instructionSets[(int)set] = Has(feature.Name);
        }

        PermittedCr4 = ControlBits.Cr4TimeStampDisable
            | If("vme", ControlBits.Cr4Virtual8086 | ControlBits.Cr4ProtectedVirtualInterrupts)
            | If("de", ControlBits.Cr4DebuggingExtensions)
            | If("pse", ControlBits.Cr4PageSizeExtensions)
            | If("pae", ControlBits.Cr4Pae)
            | If("mce", ControlBits.Cr4MachineCheck)
            | If("pge", ControlBits.Cr4PageGlobal)
            | ControlBits.Cr4PerformanceCounter
            | If("fxsr", ControlBits.Cr4OsFxsr)
            | If("sse", ControlBits.Cr4OsXmmExceptions)
            | If("pcid", ControlBits.Cr4Pcid)
            | If("xsave", ControlBits.Cr4OsXsave)
            | If("smep", ControlBits.Cr4Smep)
            | If("smap", ControlBits.Cr4Smap)
            | If("umip", ControlBits.Cr4Umip)
            | If("la57", ControlBits.Cr4LinearAddress57)
            | If("fsgsbase", ControlBits.Cr4FsGsBase)
            | If("pku", ControlBits.Cr4ProtectionKeys)
            | If("pks", ControlBits.Cr4SupervisorKeys);
        PermittedEfer = If("syscall", ControlBits.EferSyscall)
            | If("lm", ControlBits.EferLongModeEnable)
            | If("nx", ControlBits.EferNoExecute);
        SupportedXcr0 = ExtendedArea.Float | ExtendedArea.Sse | If("avx", ExtendedArea.Avx) | If("pku", ExtendedArea.Pkru);
        CanonicalShift = Has("la57") ? PageWalker.Shift57 : PageWalker.Shift48;
        HasXsaves = Has("xsaves");
        HasXsavec = Has("xsavec");
        HasXgetbv1 = Has("xgetbv1");
        HasX2Apic = Has("x2apic");
        HasTscDeadline = Has("tsc-deadline");
    }

    /// <summary>The bits of CR4 that may be set.</summary>
    public ulong PermittedCr4 { get; }

    /// <summary>The bits of EFER that may be set by WRMSR.</summary>
    public ulong PermittedEfer { get; }

    /// <summary>The bits of XCR0 that may be set.</summary>
    public ulong SupportedXcr0 { get; }

    /// <summary><see cref="CoreState.CanonicalShift"/> for the widest linear addresses of the model.</summary>
    public int CanonicalShift { get; }

    /// <summary>Whether the model is AMD's, where the two makers' processors differ.</summary>
    public bool IsAmd => _model.IsAmd;

    /// <summary>Whether XSAVES, XRSTORS and IA32_XSS exist.</summary>
    public bool HasXsaves { get; }

    /// <summary>Whether the compacted form of the XSAVE area exists.</summary>
    public bool HasXsavec { get; }

    /// <summary>Whether XGETBV tells of the components in use.</summary>
    public bool HasXgetbv1 { get; }

    /// <summary>IA32_ARCH_CAPABILITIES.</summary>
    public ulong ArchitectureCapabilities => _model.ArchitectureCapabilities;

    /// <summary>Whether IA32_ARCH_CAPABILITIES exists.</summary>
    public bool HasArchitectureCapabilities => Has("arch-capabilities");

    /// <summary>Whether the local APIC has x2APIC mode.</summary>
    public bool HasX2Apic { get; }

    /// <summary>Whether the local APIC's timer has deadlines.</summary>
    public bool HasTscDeadline { get; }

    /// <summary>Whether IA32_PKRS exists.</summary>
    public bool HasSupervisorKeys => Has("pks");

    /// <summary>Whether RDTSCP and IA32_TSC_AUX exist.</summary>
    public bool HasRdtscp => Has("rdtscp");

    /// <summary>Whether a feature is advertised.</summary>
    public bool Has(string feature) => _features.Contains(feature);

    /// <summary>Whether an instruction exists on this model.</summary>
    public bool Supports(in Instruction instruction)
    {
        foreach (CpuidFeature set in instruction.CpuidFeatures)
        {
            if (!_instructionSets[(int)set])
                return false;
        }

        return true;
    }

    /// <summary>Sets bits that an extension brings.</summary>
    public void Add(uint leaf, uint subleaf, X86CpuidResult bits) =>
        _added[(leaf, subleaf)] = Or(_added.GetValueOrDefault((leaf, subleaf)), bits);

    /// <summary>Answers CPUID. Beyond the last leaf Intel's processors answer as for the last basic one (SDM volume 2, CPUID), AMD's with zeros (APM volume 3, appendix E).</summary>
    public X86CpuidResult Get(uint leaf, uint subleaf)
    {
        if (leaf is >= 0x4000_0000 and < 0x4000_0100)
            return leaf == 0x4000_0000 ? Text(0x4000_0000, "DominionVMM\0") : default;
        if (leaf > (leaf >= 0x8000_0000 ? MaximumExtendedLeaf : _model.MaximumLeaf))
        {
            if (IsAmd)
                return default;
            leaf = _model.MaximumLeaf;
        }

        X86CpuidResult result = Or(Or(Computed(leaf, subleaf), FeatureBits(leaf, subleaf)), _added.GetValueOrDefault((leaf, subleaf)));
        foreach (CpuidLeaf known in _model.Leaves)
        {
            if (known.Leaf == leaf && (known.Subleaf == null || known.Subleaf == subleaf))
                result = Or(result, new X86CpuidResult(known.Eax | Sharing(known), known.Ebx, known.Ecx, known.Edx));
        }

        // CPUID.1:EDX.APIC follows IA32_APIC_BASE.EN (SDM volume 3A, 11.4.3).
        const ulong Enabled = 1 << 11;
        const uint Apic = 1 << 9;
        if (leaf == 1 && _core.LocalApic is { } apic && apic.TryReadMsr(0x1B, out ulong apicBase) && (apicBase & Enabled) == 0)
            result = result with { Edx = result.Edx & ~Apic };

        // CPUID.1:ECX.MONITOR follows IA32_MISC_ENABLE[18] (SDM volume 4, table 2-2).
        const uint Monitor = 1 << 3;
        if (leaf == 1 && !IsAmd && (_core.State.MiscEnable & X86Reset.MonitorEnable) == 0)
            result = result with { Ecx = result.Ecx & ~Monitor };
        return result;
    }

    /// <summary>The highest extended leaf: the model's, or an extension's.</summary>
    private uint MaximumExtendedLeaf => Math.Max(_model.MaximumExtendedLeaf, _added.Keys.Max(key => (uint?)key.Item1) ?? 0);

    private uint Count => (uint)_core.VcpuCount;

    /// <summary>The bits of an APIC id that tell the cores of the package apart.</summary>
    private int IdBits => BitOperations.Log2(BitOperations.RoundUpToPowerOf2(Count));

    private static X86CpuidResult Or(in X86CpuidResult a, in X86CpuidResult b) =>
        new(a.Eax | b.Eax, a.Ebx | b.Ebx, a.Ecx | b.Ecx, a.Edx | b.Edx);

    /// <summary>Twelve letters in EBX, ECX and EDX.</summary>
    private static X86CpuidResult Text(uint eax, string text) => new(eax, Word(text, 0), Word(text, 4), Word(text, 8));

    private static uint Word(string text, int start)
    {
        uint word = 0;
        for (int i = 0; i < 4; i++)
            word |= (start + i < text.Length ? (uint)text[start + i] : 0) << (8 * i);
        return word;
    }

    private ulong If(string feature, ulong bits) => Has(feature) ? bits : 0;

    /// <summary>Whether ECX selects a subleaf; the other leaves ignore it.</summary>
    private static bool HasSubleaves(uint leaf) => leaf is 4 or 7 or 0xB or 0xD or 0x8000_001D;

    private X86CpuidResult FeatureBits(uint leaf, uint subleaf)
    {
        Span<uint> registers = stackalloc uint[4];
        registers.Clear();
        foreach (CpuFeature feature in CpuFeatures.All)
        {
            if (feature.Leaf == leaf && (feature.Subleaf == subleaf || !HasSubleaves(leaf)) && Has(feature.Name))
                registers[feature.Register] |= 1u << feature.Bit;
        }

        if (IsAmd && leaf == 0x8000_0001)
            registers[3] |= FeatureBits(1, 0).Edx & RepeatedBits;

        return new X86CpuidResult(registers[0], registers[1], registers[2], registers[3]);
    }

    /// <summary>Who shares a cache: one core each but the third level, which is the package's (leaf 4 of Intel, leaf 8000_001D of AMD).</summary>
    private uint Sharing(CpuidLeaf leaf)
    {
        bool intel = leaf.Leaf == 4;
        if (!intel && leaf.Leaf != 0x8000_001D)
            return 0;
        uint ids = (1u << IdBits) - 1;
        bool package = ((leaf.Eax >> 5) & 7) == 3;
        return (package ? (intel ? ids : Count - 1) << 14 : 0) | (intel ? ids << 26 : 0);
    }

    private X86CpuidResult Computed(uint leaf, uint subleaf)
    {
        uint id = _core.LocalApic?.InitialId ?? (uint)_core.Index;
        uint ids = 1u << IdBits;
        switch (leaf)
        {
            case 0:
                return new X86CpuidResult(_model.MaximumLeaf, Word(_model.Vendor, 0), Word(_model.Vendor, 8), Word(_model.Vendor, 4));
            case 1:
                uint saved = (_core.State.Cr4 & ControlBits.Cr4OsXsave) != 0 ? 1u << 27 : 0;
                uint several = Count > 1 ? 1u << 28 : 0;
                return new X86CpuidResult(_model.Signature, (id << 24) | ((IsAmd ? Count : ids) << 16) | (8 << 8), saved, several);
            case 5:
                // The line; extensions and the masked interrupt as a break event are there; C1 has one state.
                return Has("monitor") ? new X86CpuidResult(X86Core.MonitorLine, X86Core.MonitorLine, 3, 0x10) : default;
            case 7:
                return new X86CpuidResult(0, 0, subleaf == 0 && (_core.State.Cr4 & ControlBits.Cr4ProtectionKeys) != 0 ? 1u << 4 : 0, 0);
            case 0xB:
                return subleaf switch
                {
                    0 => new X86CpuidResult(0, 1, (1 << 8) | subleaf, id),
                    1 => new X86CpuidResult((uint)IdBits, Count, (2 << 8) | subleaf, id),
                    _ => new X86CpuidResult(0, 0, subleaf, id),
                };
            case 0xD:
                return Has("xsave") ? ExtendedState(subleaf) : default;
            case 0x8000_0000:
                return new X86CpuidResult(MaximumExtendedLeaf, IsAmd ? Word(_model.Vendor, 0) : 0, IsAmd ? Word(_model.Vendor, 8) : 0, IsAmd ? Word(_model.Vendor, 4) : 0);
            case 0x8000_0001 when IsAmd:
                return new X86CpuidResult(_model.Signature, 0, Count > 1 ? 1u << 1 : 0, 0);
            case 0x8000_0002 or 0x8000_0003 or 0x8000_0004:
                int start = (int)(leaf - 0x8000_0002) * 16;
                return new X86CpuidResult(
                    Word(_model.Brand, start), Word(_model.Brand, start + 4), Word(_model.Brand, start + 8), Word(_model.Brand, start + 12));
            case 0x8000_0008:
                uint cores = IsAmd ? ((uint)IdBits << 12) | (Count - 1) : 0;
                return new X86CpuidResult((uint)_core.Memory.AddressBits | ((uint)(64 - CanonicalShift) << 8), 0, cores, 0);
            case 0x8000_001E when Has("topoext"):
                return new X86CpuidResult(id, id & (ids - 1), 0, 0);
            default:
                return default;
        }
    }

    /// <summary>Leaf D: where the components are, and how large the area is (SDM volume 1, 13.2).</summary>
    private X86CpuidResult ExtendedState(uint subleaf)
    {
        switch (subleaf)
        {
            case 0:
                return new X86CpuidResult(
                    (uint)SupportedXcr0, (uint)ExtendedArea.SizeOf(_core.State.Xcr0), (uint)ExtendedArea.SizeOf(SupportedXcr0), (uint)(SupportedXcr0 >> 32));
            case 1:
                return new X86CpuidResult(0, HasXsavec ? (uint)ExtendedArea.CompactedSizeOf(_core.State.Xcr0) : 0, 0, 0);
            default:
                ulong component = subleaf < 63 ? SupportedXcr0 & (1UL << (int)subleaf) : 0;
                return component != 0
                    ? new X86CpuidResult((uint)ExtendedArea.ComponentSize(component), (uint)ExtendedArea.ComponentOffset(component), 0, 0)
                    : default;
        }
    }
}
