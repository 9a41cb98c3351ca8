using Iced.Intel;

namespace Dominion.Cpu.X86.Models;

/// <summary>Every feature that the core implements (SDM volume 2, CPUID). What is not here cannot be advertised.</summary>
internal static class CpuFeatures
{
    private const int Eax = 0;
    private const int Ebx = 1;
    private const int Ecx = 2;
    private const int Edx = 3;

    /// <summary>The features.</summary>
    public static IReadOnlyList<CpuFeature> All { get; } =
    [
        new("fpu", 1, 0, Edx, 0, CpuidFeature.FPU, CpuidFeature.FPU287, CpuidFeature.FPU387),
        new("vme", 1, 0, Edx, 1),
        new("de", 1, 0, Edx, 2),
        new("pse", 1, 0, Edx, 3),
        new("tsc", 1, 0, Edx, 4, CpuidFeature.TSC),
        new("msr", 1, 0, Edx, 5, CpuidFeature.MSR),
        new("pae", 1, 0, Edx, 6),
        new("mce", 1, 0, Edx, 7),
        new("cx8", 1, 0, Edx, 8, CpuidFeature.CX8),
        new("apic", 1, 0, Edx, 9),
        new("sep", 1, 0, Edx, 11, CpuidFeature.SEP),
        new("mtrr", 1, 0, Edx, 12),
        new("pge", 1, 0, Edx, 13),
        new("mca", 1, 0, Edx, 14),
        new("cmov", 1, 0, Edx, 15, CpuidFeature.CMOV),
        new("pat", 1, 0, Edx, 16),
        new("pse36", 1, 0, Edx, 17),
        new("clfsh", 1, 0, Edx, 19, CpuidFeature.CLFSH),
        new("mmx", 1, 0, Edx, 23, CpuidFeature.MMX),
        new("fxsr", 1, 0, Edx, 24, CpuidFeature.FXSR),
        new("sse", 1, 0, Edx, 25, CpuidFeature.SSE),
        new("sse2", 1, 0, Edx, 26, CpuidFeature.SSE2),
        new("ss", 1, 0, Edx, 27),
        new("sse3", 1, 0, Ecx, 0, CpuidFeature.SSE3),
        new("pclmulqdq", 1, 0, Ecx, 1, CpuidFeature.PCLMULQDQ),
        new("monitor", 1, 0, Ecx, 3, CpuidFeature.MONITOR),
        new("ssse3", 1, 0, Ecx, 9, CpuidFeature.SSSE3),
        new("fma", 1, 0, Ecx, 12, CpuidFeature.FMA),
        new("cx16", 1, 0, Ecx, 13, CpuidFeature.CMPXCHG16B),
        new("pcid", 1, 0, Ecx, 17),
        new("sse4.1", 1, 0, Ecx, 19, CpuidFeature.SSE4_1),
        new("sse4.2", 1, 0, Ecx, 20, CpuidFeature.SSE4_2),
        new("x2apic", 1, 0, Ecx, 21),
        new("movbe", 1, 0, Ecx, 22, CpuidFeature.MOVBE),
        new("popcnt", 1, 0, Ecx, 23, CpuidFeature.POPCNT),
        new("tsc-deadline", 1, 0, Ecx, 24),
        new("aes", 1, 0, Ecx, 25, CpuidFeature.AES),
        new("xsave", 1, 0, Ecx, 26, CpuidFeature.XSAVE),
        new("avx", 1, 0, Ecx, 28, CpuidFeature.AVX),
        new("f16c", 1, 0, Ecx, 29, CpuidFeature.F16C),
        new("rdrand", 1, 0, Ecx, 30, CpuidFeature.RDRAND),
        new("hypervisor", 1, 0, Ecx, 31),
        new("arat", 6, 0, Eax, 2),
        new("fsgsbase", 7, 0, Ebx, 0, CpuidFeature.FSGSBASE),
        new("tsc-adjust", 7, 0, Ebx, 1),
        new("bmi1", 7, 0, Ebx, 3, CpuidFeature.BMI1),
        new("avx2", 7, 0, Ebx, 5, CpuidFeature.AVX2),
        new("smep", 7, 0, Ebx, 7),
        new("bmi2", 7, 0, Ebx, 8, CpuidFeature.BMI2),
        new("erms", 7, 0, Ebx, 9),
        new("invpcid", 7, 0, Ebx, 10, CpuidFeature.INVPCID),
        new("rdseed", 7, 0, Ebx, 18, CpuidFeature.RDSEED),
        new("adx", 7, 0, Ebx, 19, CpuidFeature.ADX),
        new("smap", 7, 0, Ebx, 20, CpuidFeature.SMAP),
        new("clflushopt", 7, 0, Ebx, 23, CpuidFeature.CLFLUSHOPT),
        new("clwb", 7, 0, Ebx, 24, CpuidFeature.CLWB),
        new("sha", 7, 0, Ebx, 29, CpuidFeature.SHA),
        new("umip", 7, 0, Ecx, 2),
        new("pku", 7, 0, Ecx, 3, CpuidFeature.PKU),
        new("la57", 7, 0, Ecx, 16),
        new("rdpid", 7, 0, Ecx, 22, CpuidFeature.RDPID),
        new("pks", 7, 0, Ecx, 31),
        new("fsrm", 7, 0, Edx, 4),
        new("arch-capabilities", 7, 0, Edx, 29),
        new("xsaveopt", 0xD, 1, Eax, 0, CpuidFeature.XSAVEOPT),
        new("xsavec", 0xD, 1, Eax, 1, CpuidFeature.XSAVEC),
        new("xgetbv1", 0xD, 1, Eax, 2),
        new("xsaves", 0xD, 1, Eax, 3, CpuidFeature.XSAVES),
        new("lahf", 0x8000_0001, 0, Ecx, 0),
        new("lzcnt", 0x8000_0001, 0, Ecx, 5, CpuidFeature.LZCNT),
        new("topoext", 0x8000_0001, 0, Ecx, 22),
        new("prefetchw", 0x8000_0001, 0, Ecx, 8, CpuidFeature.PREFETCHW),
        new("syscall", 0x8000_0001, 0, Edx, 11, CpuidFeature.SYSCALL),
        new("mmxext", 0x8000_0001, 0, Edx, 22),
        new("nx", 0x8000_0001, 0, Edx, 20),
        new("1gb-pages", 0x8000_0001, 0, Edx, 26),
        new("rdtscp", 0x8000_0001, 0, Edx, 27, CpuidFeature.RDTSCP),
        new("lm", 0x8000_0001, 0, Edx, 29, CpuidFeature.X64),
        new("invariant-tsc", 0x8000_0007, 0, Edx, 8),
        new("xsaveerptr", 0x8000_0008, 0, Ebx, 2),
    ];

    /// <summary>The instruction sets that need no bit.</summary>
    public static IReadOnlyList<CpuidFeature> Always { get; } =
    [
        CpuidFeature.INTEL8086, CpuidFeature.INTEL8086_ONLY, CpuidFeature.INTEL186, CpuidFeature.INTEL286, CpuidFeature.INTEL386,
        CpuidFeature.INTEL486, CpuidFeature.CPUID, CpuidFeature.MULTIBYTENOP, CpuidFeature.PAUSE, CpuidFeature.SMM, CpuidFeature.RDPMC,
        CpuidFeature.INTEL8086, CpuidFeature.CET_IBT,
    ];

    /// <summary>The names that a manifest may add or take away.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(feature => feature.Name)];

    /// <summary>Finds a feature, or null.</summary>
    public static CpuFeature? Find(string name) => All.FirstOrDefault(feature => feature.Name == name);
}
