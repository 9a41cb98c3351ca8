using System.Runtime.InteropServices;

namespace Dominion.Cpu.X86;

/// <summary>The architectural state of a vCPU. Blittable; lives in memory that does not move.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct X86State
{
    /// <summary>RAX to R15, by <see cref="X86Register"/>.</summary>
    public X86GeneralRegisters Gpr;

    /// <summary>RIP.</summary>
    public ulong Rip;

    /// <summary>RFLAGS.</summary>
    public ulong Rflags;

    /// <summary>ES, CS, SS, DS, FS, GS, LDTR and TR, by <see cref="X86SegmentRegister"/>.</summary>
    public X86Segments Segments;

    /// <summary>GDTR.</summary>
    public X86TableRegister Gdtr;

    /// <summary>IDTR.</summary>
    public X86TableRegister Idtr;

    /// <summary>CR0.</summary>
    public ulong Cr0;

    /// <summary>CR2.</summary>
    public ulong Cr2;

    /// <summary>CR3.</summary>
    public ulong Cr3;

    /// <summary>CR4.</summary>
    public ulong Cr4;

    /// <summary>XCR0.</summary>
    public ulong Xcr0;

    /// <summary>IA32_XSS.</summary>
    public ulong Xss;

    /// <summary>PKRU.</summary>
    public uint Pkru;

    /// <summary>IA32_PKRS.</summary>
    public uint Pkrs;

    /// <summary>IA32_EFER.</summary>
    public ulong Efer;

    /// <summary>The PAE page-directory-pointer entries that MOV to CR3 loaded (SDM volume 3A, 4.4.1).</summary>
    public X86PdpteRegisters Pdpte;

    /// <summary>DR0 to DR3.</summary>
    public X86DebugAddresses DebugAddresses;

    /// <summary>DR6.</summary>
    public ulong Dr6;

    /// <summary>DR7.</summary>
    public ulong Dr7;

    /// <summary>IA32_STAR.</summary>
    public ulong Star;

    /// <summary>IA32_LSTAR.</summary>
    public ulong Lstar;

    /// <summary>IA32_CSTAR.</summary>
    public ulong Cstar;

    /// <summary>IA32_FMASK.</summary>
    public ulong Fmask;

    /// <summary>IA32_KERNEL_GS_BASE.</summary>
    public ulong KernelGsBase;

    /// <summary>IA32_SYSENTER_CS.</summary>
    public ulong SysenterCs;

    /// <summary>IA32_SYSENTER_ESP.</summary>
    public ulong SysenterEsp;

    /// <summary>IA32_SYSENTER_EIP.</summary>
    public ulong SysenterEip;

    /// <summary>IA32_PAT.</summary>
    public ulong Pat;

    /// <summary>IA32_TSC_AUX.</summary>
    public ulong TscAux;

    /// <summary>IA32_DEBUGCTL.</summary>
    public ulong DebugControl;

    /// <summary>IA32_MISC_ENABLE.</summary>
    public ulong MiscEnable;

    /// <summary>What is added to the scaled clock to give the time-stamp counter.</summary>
    public ulong TscAdjust;

    /// <summary>The x87 registers by physical number (not relative to TOP), 16 bytes each: 64 bits of significand, then sign and exponent.</summary>
    public X86FloatRegisters Float;

    /// <summary>The x87 control word.</summary>
    public ushort FloatControl;

    /// <summary>The x87 status word, TOP included.</summary>
    public ushort FloatStatus;

    /// <summary>The x87 tag word, two bits a physical register: 3 is an empty one. A register in use may hold any other tag; the exact one follows from its contents, and is worked out when the tag word is stored.</summary>
    public ushort FloatTag;

    /// <summary>The last x87 opcode, 11 bits.</summary>
    public ushort FloatOpcode;

    /// <summary>The last x87 instruction pointer.</summary>
    public ulong FloatInstruction;

    /// <summary>The last x87 operand pointer.</summary>
    public ulong FloatOperand;

    /// <summary>The selector of <see cref="FloatInstruction"/>.</summary>
    public ushort FloatInstructionSelector;

    /// <summary>The selector of <see cref="FloatOperand"/>.</summary>
    public ushort FloatOperandSelector;

    /// <summary>MXCSR.</summary>
    public uint Mxcsr;

    /// <summary>YMM0 to YMM15, 32 bytes each; the low half is XMM.</summary>
    public X86VectorRegisters Vectors;

    /// <summary>What the vCPU does.</summary>
    public X86Activity Activity;

    /// <summary>Interrupts are held for one instruction after STI.</summary>
    public bool StiShadow;

    /// <summary>Interrupts and debug traps are held for one instruction after MOV SS or POP SS.</summary>
    public bool MovSsShadow;

    /// <summary>NMIs are held until IRET.</summary>
    public bool NmiBlocked;

    /// <summary>DR6 bits of debug exceptions that wait for the end of a shadow (SDM volume 3C, 25.4.2 "Pending debug exceptions").</summary>
    public ulong PendingDebug;

    /// <summary>The current privilege level: SS's descriptor privilege level.</summary>
    public readonly int Cpl => Segments[(int)X86SegmentRegister.Ss].Dpl;
}
