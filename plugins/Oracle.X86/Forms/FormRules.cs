using Dominion.Oracle.X86.Host;
using Iced.Intel;

namespace Dominion.Oracle.X86.Forms;

/// <summary>How forms are checked that are not simply run, and why.</summary>
internal static class FormRules
{
    private const string Tables = "descriptor tables and CR0 are the system's";
    private const string Vendor = "AMD's processors do not have it in long mode";
    private const string Kernel = "enters the host's kernel";

    private static readonly Dictionary<CpuidFeature, string> HostNames = new()
    {
        [CpuidFeature.AVX] = "avx",
        [CpuidFeature.AVX2] = "avx2",
        [CpuidFeature.FMA] = "fma",
        [CpuidFeature.F16C] = "f16c",
        [CpuidFeature.BMI1] = "bmi1",
        [CpuidFeature.BMI2] = "bmi2",
        [CpuidFeature.LZCNT] = "abm",
        [CpuidFeature.MOVBE] = "movbe",
        [CpuidFeature.ADX] = "adx",
        [CpuidFeature.AES] = "aes",
        [CpuidFeature.PCLMULQDQ] = "pclmulqdq",
        [CpuidFeature.SHA] = "sha_ni",
        [CpuidFeature.CLFLUSHOPT] = "clflushopt",
        [CpuidFeature.CLWB] = "clwb",
        [CpuidFeature.PREFETCHW] = "3dnowprefetch",
        [CpuidFeature.SSE3] = "pni",
        [CpuidFeature.SSSE3] = "ssse3",
        [CpuidFeature.SSE4_1] = "sse4_1",
        [CpuidFeature.SSE4_2] = "sse4_2",
        [CpuidFeature.POPCNT] = "popcnt",
        [CpuidFeature.CMPXCHG16B] = "cx16",
        [CpuidFeature.FSGSBASE] = "fsgsbase",
        [CpuidFeature.RDRAND] = "rdrand",
        [CpuidFeature.RDSEED] = "rdseed",
        [CpuidFeature.RDTSCP] = "rdtscp",
        [CpuidFeature.RDPID] = "rdpid",
        [CpuidFeature.PKU] = "ospke",
        [CpuidFeature.XSAVE] = "xsave",
        [CpuidFeature.XSAVEOPT] = "xsaveopt",
        [CpuidFeature.XSAVEC] = "xsavec",
        [CpuidFeature.XSAVES] = "xsaves",
    };

    private static readonly Dictionary<Mnemonic, (FormKind Kind, string Reason)> Rules = new()
    {
        [Mnemonic.Rdtsc] = (FormKind.ShapeOnly, "the time-stamp counter"),
        [Mnemonic.Rdtscp] = (FormKind.ShapeOnly, "the time-stamp counter and the processor's number"),
        [Mnemonic.Rdpid] = (FormKind.ShapeOnly, "the processor's number"),
        [Mnemonic.Rdrand] = (FormKind.ShapeOnly, "a random number"),
        [Mnemonic.Rdseed] = (FormKind.ShapeOnly, "a random number"),
        [Mnemonic.Cpuid] = (FormKind.System, "tells what differs"),
        [Mnemonic.Xgetbv] = (FormKind.System, "XCR0 is the system's"),
        [Mnemonic.Sgdt] = (FormKind.System, Tables),
        [Mnemonic.Sidt] = (FormKind.System, Tables),
        [Mnemonic.Sldt] = (FormKind.System, Tables),
        [Mnemonic.Str] = (FormKind.System, Tables),
        [Mnemonic.Smsw] = (FormKind.System, Tables),
        [Mnemonic.Sysexit] = (FormKind.System, Vendor),
        [Mnemonic.Sysexitq] = (FormKind.System, Vendor),
        [Mnemonic.Syscall] = (FormKind.System, Kernel),
        [Mnemonic.Sysenter] = (FormKind.System, Kernel),
        [Mnemonic.Monitor] = (FormKind.Privileged, ""),
        [Mnemonic.Mwait] = (FormKind.Privileged, ""),
        [Mnemonic.Rdpmc] = (FormKind.Privileged, ""),
        [Mnemonic.Rsm] = (FormKind.Privileged, ""),
    };

    /// <summary>Encodings of processors that no model is.</summary>
    private static readonly HashSet<Mnemonic> Unknown = [Mnemonic.Reservednop, Mnemonic.Umov, Mnemonic.Xbts, Mnemonic.Ibts, Mnemonic.Storeall, Mnemonic.Loadall];

    /// <summary>Whether the form is one of processors that are meant here.</summary>
    public static bool IsKnown(OpCodeInfo info) =>
        info.IsInstruction && info.Encoding is EncodingKind.Legacy or EncodingKind.VEX && !Unknown.Contains(info.Mnemonic)
        && Enumerable.Range(0, info.OpCount).All(i => info.GetOpKind(i) != OpCodeOperandKind.tr_reg);

    /// <summary>How a form is checked.</summary>
    public static (FormKind Kind, string Reason) Of(Code code)
    {
        OpCodeInfo info = code.ToOpCode();
        if (Rules.TryGetValue(info.Mnemonic, out (FormKind, string) rule))
            return MissingOnHost(code) is { } lacks ? (FormKind.HostLacks, lacks) : rule;
        if (info.IsPrivileged || info.Mnemonic is Mnemonic.Cli or Mnemonic.Sti)
            return (FormKind.Privileged, "");
        if (MissingOnHost(code) is { } missing)
            return (FormKind.HostLacks, missing);
        return (FormKind.Checked, "");
    }

    /// <summary>Whether the vendors differ in how much memory a form reads: MOVSXD with 16-bit operands, 16 bits on Intel's and 32 on AMD's.</summary>
    public static bool IsVendorSpecificAtFaults(Code code) => code == Code.Movsxd_r16_rm16;

    /// <summary>The feature of the form that the host lacks, or null.</summary>
    public static string? MissingOnHost(Code code)
    {
        foreach (CpuidFeature feature in code.CpuidFeatures())
        {
            if (HostNames.TryGetValue(feature, out string? name) && !HostFeatures.Has(name))
                return name;
        }

        return null;
    }
}
