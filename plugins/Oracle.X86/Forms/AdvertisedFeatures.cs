using Dominion.Oracle.X86.Core;
using Iced.Intel;

namespace Dominion.Oracle.X86.Forms;

/// <summary>Which instruction sets a core says that it has (SDM volume 2, CPUID).</summary>
internal static class AdvertisedFeatures
{
    private static readonly (uint Leaf, uint Subleaf, int Register, int Bit, CpuidFeature[] Sets)[] Bits =
    [
        (1, 0, 3, 0, [CpuidFeature.FPU, CpuidFeature.FPU287, CpuidFeature.FPU387]),
        (1, 0, 3, 4, [CpuidFeature.TSC]),
        (1, 0, 3, 5, [CpuidFeature.MSR]),
        (1, 0, 3, 8, [CpuidFeature.CX8]),
        (1, 0, 3, 11, [CpuidFeature.SEP]),
        (1, 0, 3, 15, [CpuidFeature.CMOV]),
        (1, 0, 3, 19, [CpuidFeature.CLFSH]),
        (1, 0, 3, 23, [CpuidFeature.MMX]),
        (1, 0, 3, 24, [CpuidFeature.FXSR]),
        (1, 0, 3, 25, [CpuidFeature.SSE]),
        (1, 0, 3, 26, [CpuidFeature.SSE2]),
        (1, 0, 2, 0, [CpuidFeature.SSE3]),
        (1, 0, 2, 1, [CpuidFeature.PCLMULQDQ]),
        (1, 0, 2, 3, [CpuidFeature.MONITOR]),
        (1, 0, 2, 9, [CpuidFeature.SSSE3]),
        (1, 0, 2, 12, [CpuidFeature.FMA]),
        (1, 0, 2, 13, [CpuidFeature.CMPXCHG16B]),
        (1, 0, 2, 19, [CpuidFeature.SSE4_1]),
        (1, 0, 2, 20, [CpuidFeature.SSE4_2]),
        (1, 0, 2, 22, [CpuidFeature.MOVBE]),
        (1, 0, 2, 23, [CpuidFeature.POPCNT]),
        (1, 0, 2, 25, [CpuidFeature.AES]),
        (1, 0, 2, 26, [CpuidFeature.XSAVE]),
        (1, 0, 2, 28, [CpuidFeature.AVX]),
        (1, 0, 2, 29, [CpuidFeature.F16C]),
        (1, 0, 2, 30, [CpuidFeature.RDRAND]),
        (7, 0, 1, 0, [CpuidFeature.FSGSBASE]),
        (7, 0, 1, 3, [CpuidFeature.BMI1]),
        (7, 0, 1, 5, [CpuidFeature.AVX2]),
        (7, 0, 1, 8, [CpuidFeature.BMI2]),
        (7, 0, 1, 10, [CpuidFeature.INVPCID]),
        (7, 0, 1, 18, [CpuidFeature.RDSEED]),
        (7, 0, 1, 19, [CpuidFeature.ADX]),
        (7, 0, 1, 20, [CpuidFeature.SMAP]),
        (7, 0, 1, 23, [CpuidFeature.CLFLUSHOPT]),
        (7, 0, 1, 24, [CpuidFeature.CLWB]),
        (7, 0, 1, 29, [CpuidFeature.SHA]),
        (7, 0, 2, 3, [CpuidFeature.PKU]),
        (7, 0, 2, 22, [CpuidFeature.RDPID]),
        (0xD, 1, 0, 0, [CpuidFeature.XSAVEOPT]),
        (0xD, 1, 0, 1, [CpuidFeature.XSAVEC]),
        (0xD, 1, 0, 3, [CpuidFeature.XSAVES]),
        (0x8000_0001, 0, 2, 5, [CpuidFeature.LZCNT]),
        (0x8000_0001, 0, 2, 8, [CpuidFeature.PREFETCHW]),
        (0x8000_0001, 0, 3, 11, [CpuidFeature.SYSCALL]),
        (0x8000_0001, 0, 3, 27, [CpuidFeature.RDTSCP]),
        (0x8000_0001, 0, 3, 29, [CpuidFeature.X64]),
    ];

    /// <summary>The sets that need no bit.</summary>
    private static readonly CpuidFeature[] Always =
    [
        CpuidFeature.INTEL8086, CpuidFeature.INTEL8086_ONLY, CpuidFeature.INTEL186, CpuidFeature.INTEL286, CpuidFeature.INTEL386, CpuidFeature.INTEL486,
        CpuidFeature.CPUID, CpuidFeature.MULTIBYTENOP, CpuidFeature.PAUSE, CpuidFeature.SMM, CpuidFeature.RDPMC,
    ];

    /// <summary>Asks a core.</summary>
    public static HashSet<CpuidFeature> Of(CoreProcessor core)
    {
        HashSet<CpuidFeature> found = [.. Always];
        Dictionary<(uint, uint), uint[]> leaves = [];
        foreach ((uint leaf, uint subleaf, int register, int bit, CpuidFeature[] sets) in Bits)
        {
            if (!leaves.TryGetValue((leaf, subleaf), out uint[]? registers))
            {
                uint last = core.Cpuid(leaf & 0x8000_0000, 0).Eax;
                (uint eax, uint ebx, uint ecx, uint edx) = leaf <= last ? core.Cpuid(leaf, subleaf) : default;
                registers = [eax, ebx, ecx, edx];
                leaves.Add((leaf, subleaf), registers);
            }

            if ((registers[register] & (1u << bit)) != 0)
                found.UnionWith(sets);
        }

        return found;
    }
}
