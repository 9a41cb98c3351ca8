namespace Dominion.Cpu.X86;

/// <summary>When, against an instruction's own faults, an intercept is asked about. VT-x and SVM differ in it (SDM volume 3C, 26.1.1; APM volume 2, 15.7).</summary>
public enum X86InterceptStage : byte
{
    /// <summary>After decoding and #UD, before privilege and other fault checks.</summary>
    BeforeChecks,

    /// <summary>After the fault checks that do not touch memory.</summary>
    AfterChecks,

    /// <summary>After memory operands were read.</summary>
    AfterMemory,
}
