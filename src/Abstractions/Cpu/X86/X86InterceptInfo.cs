namespace Dominion.Cpu.X86;

/// <summary>What is intercepted, for its handler. The core's state is complete and precise meanwhile: RIP is at the instruction.</summary>
public struct X86InterceptInfo
{
    /// <summary>The condition.</summary>
    public X86Intercept Intercept;

    /// <summary>The stage at which the core asks.</summary>
    public X86InterceptStage Stage;

    /// <summary>The instruction's length in bytes, 0 when no instruction is the cause.</summary>
    public byte InstructionLength;

    /// <summary>The width of the operand in bytes, where there is one.</summary>
    public byte Width;

    /// <summary>True for a write: OUT, MOV to a control register.</summary>
    public bool IsWrite;

    /// <summary>True for INS and OUTS.</summary>
    public bool IsString;

    /// <summary>True under a REP prefix.</summary>
    public bool IsRepeated;

    /// <summary>The register of a MOV to or from a control or debug register.</summary>
    public X86Register Register;

    /// <summary>The port, the MSR, the number of the control or debug register, the vector, or an extension's instruction number.</summary>
    public uint Operand;

    /// <summary>The value to be written; or what <see cref="X86Verdict.Replace"/> puts in place of the value read or written.</summary>
    public ulong Value;

    /// <summary>The linear address of the memory operand, where there is one.</summary>
    public ulong LinearAddress;

    /// <summary>The exception or interrupt.</summary>
    public X86Event Event;
}
