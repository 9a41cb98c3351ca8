using Iced.Intel;

namespace Dominion.Cpu.X86.Tests.Oracle;

/// <summary>The instructions that both the host and the core run: every encoding of the level x86-64-v2, and of what came later up to x86-64-v3, that user code may use in 64-bit mode and that leaves RIP behind it.</summary>
internal static class InstructionCatalog
{
    private static readonly HashSet<CpuidFeature> Features =
    [
        CpuidFeature.INTEL8086, CpuidFeature.INTEL186, CpuidFeature.INTEL286, CpuidFeature.INTEL386, CpuidFeature.INTEL486,
        CpuidFeature.X64, CpuidFeature.CMOV, CpuidFeature.CX8, CpuidFeature.CMPXCHG16B, CpuidFeature.POPCNT, CpuidFeature.MULTIBYTENOP, CpuidFeature.PAUSE,
        CpuidFeature.MMX, CpuidFeature.SSE, CpuidFeature.SSE2, CpuidFeature.SSE3, CpuidFeature.SSSE3, CpuidFeature.SSE4_1, CpuidFeature.SSE4_2,
        CpuidFeature.BMI1, CpuidFeature.BMI2, CpuidFeature.LZCNT, CpuidFeature.MOVBE, CpuidFeature.ADX, CpuidFeature.AES, CpuidFeature.PCLMULQDQ, CpuidFeature.SHA,
        CpuidFeature.CLFSH, CpuidFeature.CLFLUSHOPT, CpuidFeature.CLWB, CpuidFeature.PREFETCHW,
        CpuidFeature.AVX, CpuidFeature.AVX2, CpuidFeature.FMA, CpuidFeature.F16C,
    ];

    /// <summary>Left out, and why.</summary>
    private static readonly Dictionary<Mnemonic, string> Excluded = new()
    {
        [Mnemonic.Rcpps] = "the bits are the processor's own; ApproximationTests has the error",
        [Mnemonic.Rcpss] = "the bits are the processor's own",
        [Mnemonic.Rsqrtps] = "the bits are the processor's own",
        [Mnemonic.Rsqrtss] = "the bits are the processor's own",
        [Mnemonic.Vrcpps] = "the bits are the processor's own; VexFaultTests has the forms",
        [Mnemonic.Vrcpss] = "the bits are the processor's own",
        [Mnemonic.Vrsqrtps] = "the bits are the processor's own",
        [Mnemonic.Vrsqrtss] = "the bits are the processor's own",
        [Mnemonic.Popf] = "may set TF",
        [Mnemonic.Popfq] = "may set TF",
        [Mnemonic.Pushf] = "IF and IOPL are the system's",
        [Mnemonic.Pushfq] = "IF and IOPL are the system's",
        [Mnemonic.Rdtsc] = "not deterministic",
        [Mnemonic.Cpuid] = "tells what differs",
        [Mnemonic.Lfs] = "descriptor tables are the system's",
        [Mnemonic.Lgs] = "descriptor tables are the system's",
        [Mnemonic.Lss] = "descriptor tables are the system's",
        [Mnemonic.Lar] = "descriptor tables are the system's",
        [Mnemonic.Lsl] = "descriptor tables are the system's",
        [Mnemonic.Verr] = "descriptor tables are the system's",
        [Mnemonic.Verw] = "descriptor tables are the system's",
        [Mnemonic.Sgdt] = "descriptor tables are the system's",
        [Mnemonic.Sidt] = "descriptor tables are the system's",
        [Mnemonic.Sldt] = "descriptor tables are the system's",
        [Mnemonic.Str] = "descriptor tables are the system's",
        [Mnemonic.Smsw] = "CR0 is the system's",
        [Mnemonic.Insb] = "ports are the system's",
        [Mnemonic.Insw] = "ports are the system's",
        [Mnemonic.Insd] = "ports are the system's",
        [Mnemonic.Outsb] = "ports are the system's",
        [Mnemonic.Outsw] = "ports are the system's",
        [Mnemonic.Outsd] = "ports are the system's",
        [Mnemonic.In] = "ports are the system's",
        [Mnemonic.Out] = "ports are the system's",
        [Mnemonic.Cli] = "IF is the system's",
        [Mnemonic.Sti] = "IF is the system's",
        [Mnemonic.Ud0] = "raises #UD",
        [Mnemonic.Ud1] = "raises #UD",
        [Mnemonic.Ud2] = "raises #UD",
        [Mnemonic.Wait] = "x87's",
        [Mnemonic.Enter] = "nested frames read where RBP points",
        [Mnemonic.Monitor] = "privileged",
        [Mnemonic.Mwait] = "privileged",
    };

    /// <summary>The encodings, in Iced's order.</summary>
    public static IReadOnlyList<Code> Codes { get; } = [.. Enum.GetValues<Code>().Where(IsTested)];

    private static bool IsTested(Code code)
    {
        OpCodeInfo info = code.ToOpCode();
        if (!info.IsInstruction || !info.Mode64 || info.Encoding is not (EncodingKind.Legacy or EncodingKind.VEX) || info.IsPrivileged || info.Fwait)
            return false;
        if (Excluded.ContainsKey(info.Mnemonic) || code.FlowControl() != FlowControl.Next || code.IsFpuCode())
            return false;
        if (!code.CpuidFeatures().All(Features.Contains))
            return false;
        for (int i = 0; i < info.OpCount; i++)
        {
            if (info.GetOpKind(i) is OpCodeOperandKind.seg_reg or OpCodeOperandKind.fs or OpCodeOperandKind.gs
                or OpCodeOperandKind.cr_reg or OpCodeOperandKind.dr_reg or OpCodeOperandKind.tr_reg)
                return false;
        }

        // What only Cyrix, Centaur, old or future processors know.
        return info.Mnemonic is not (Mnemonic.Reservednop or Mnemonic.Umov or Mnemonic.Xbts or Mnemonic.Ibts);
    }

    private static bool IsFpuCode(this Code code) => code.CpuidFeatures().Any(feature => feature is CpuidFeature.FPU or CpuidFeature.FPU287 or CpuidFeature.FPU387);
}
