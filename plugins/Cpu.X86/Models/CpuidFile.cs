using System.Numerics;
using System.Text;
using Dominion.Cpu.X86.Interpreter.Float;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Models;

/// <summary>What CPUID answers on one core, and what follows from it: which instructions exist, which control bits may be set.</summary>
internal sealed class CpuidFile
{
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
            | If("smap", ControlBits.Cr4Smap);
        PermittedEfer = If("syscall", ControlBits.EferSyscall)
            | If("lm", ControlBits.EferLongModeEnable)
            | If("nx", ControlBits.EferNoExecute);
        SupportedXcr0 = ExtendedArea.Float | ExtendedArea.Sse | If("avx", ExtendedArea.Avx);
    }

    /// <summary>The bits of CR4 that may be set.</summary>
    public ulong PermittedCr4 { get; }

    /// <summary>The bits of EFER that may be set by WRMSR.</summary>
    public ulong PermittedEfer { get; }

    /// <summary>The bits of XCR0 that may be set: x87, SSE, and AVX where the model has it.</summary>
    public ulong SupportedXcr0 { get; }

    /// <summary>IA32_ARCH_CAPABILITIES.</summary>
    public ulong ArchitectureCapabilities => _model.ArchitectureCapabilities;

    /// <summary>Whether IA32_ARCH_CAPABILITIES exists.</summary>
    public bool HasArchitectureCapabilities => Has("arch-capabilities");

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

    /// <summary>Answers CPUID. A basic leaf beyond the last answers as the last one (SDM volume 2, CPUID).</summary>
    public X86CpuidResult Get(uint leaf, uint subleaf)
    {
        if (leaf is >= 0x4000_0000 and < 0x4000_0100)
            return leaf == 0x4000_0000 ? Text(0x4000_0000, "DominionVMM\0") : default;
        bool extended = leaf >= 0x8000_0000;
        if (leaf > (extended ? _model.MaximumExtendedLeaf : _model.MaximumLeaf))
        {
            leaf = _model.MaximumLeaf;
            extended = false;
        }

        X86CpuidResult result = Or(Or(Computed(leaf, subleaf), FeatureBits(leaf, subleaf)), _added.GetValueOrDefault((leaf, subleaf)));
        foreach (CpuidLeaf known in _model.Leaves)
        {
            if (known.Leaf == leaf && (known.Subleaf == null || known.Subleaf == subleaf))
                result = Or(result, new X86CpuidResult(known.Eax, known.Ebx, known.Ecx, known.Edx));
        }

        return result;
    }

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
    private static bool HasSubleaves(uint leaf) => leaf is 4 or 7 or 0xB or 0xD;

    private X86CpuidResult FeatureBits(uint leaf, uint subleaf)
    {
        Span<uint> registers = stackalloc uint[4];
        registers.Clear();
        foreach (CpuFeature feature in CpuFeatures.All)
        {
            if (feature.Leaf == leaf && (feature.Subleaf == subleaf || !HasSubleaves(leaf)) && Has(feature.Name))
                registers[feature.Register] |= 1u << feature.Bit;

        }

        return new X86CpuidResult(registers[0], registers[1], registers[2], registers[3]);
    }

    /// <summary>Leaf 0DH: the components that exist, the area's size for those in XCR0 and for all, and where each is (SDM volume 1, 13.2).</summary>
    private X86CpuidResult ExtendedState(uint subleaf) => subleaf switch
    {
        0 => new X86CpuidResult((uint)SupportedXcr0, (uint)ExtendedArea.SizeOf(_core.State.Xcr0), (uint)ExtendedArea.SizeOf(SupportedXcr0), 0),
        2 when Has("avx") => new X86CpuidResult(ExtendedArea.Size - ExtendedArea.AvxOffset, ExtendedArea.AvxOffset, 0, 0),
        _ => default,
    };

    private X86CpuidResult Computed(uint leaf, uint subleaf)
    {
        uint id = _core.LocalApic?.InitialId ?? (uint)_core.Index;
        uint count = (uint)_core.VcpuCount;
        uint idBits = (uint)BitOperations.Log2(BitOperations.RoundUpToPowerOf2(count));
        switch (leaf)
        {
            case 0:
                return new X86CpuidResult(_model.MaximumLeaf, Word(_model.Vendor, 0), Word(_model.Vendor, 8), Word(_model.Vendor, 4));
            case 1:
                uint saved = (_core.State.Cr4 & ControlBits.Cr4OsXsave) != 0 ? 1u << 27 : 0;
                uint several = count > 1 ? 1u << 28 : 0;
                return new X86CpuidResult(_model.Signature, (id << 24) | ((1u << (int)idBits) << 16) | (8 << 8), saved, several);
            case 4:
                return subleaf < 3 ? new X86CpuidResult(((1u << (int)idBits) - 1) << 26, 0, 0, 0) : default;
            case 0xB:
                return subleaf switch
                {
                    0 => new X86CpuidResult(0, 1, (1 << 8) | subleaf, id),
                    1 => new X86CpuidResult(idBits, count, (2 << 8) | subleaf, id),
                    _ => new X86CpuidResult(0, 0, subleaf, id),
                };
            case 0xD:
                return Has("xsave") ? ExtendedState(subleaf) : default;
            case 0x8000_0000:
                return new X86CpuidResult(_model.MaximumExtendedLeaf, 0, 0, 0);
            case 0x8000_0002 or 0x8000_0003 or 0x8000_0004:
                int start = (int)(leaf - 0x8000_0002) * 16;
                return new X86CpuidResult(
                    Word(_model.Brand, start), Word(_model.Brand, start + 4), Word(_model.Brand, start + 8), Word(_model.Brand, start + 12));
            case 0x8000_0008:
                return new X86CpuidResult((uint)_core.Memory.AddressBits | (48 << 8), 0, 0, 0);
            default:
                return default;
        }
    }
}
