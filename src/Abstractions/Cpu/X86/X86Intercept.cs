namespace Dominion.Cpu.X86;

/// <summary>The conditions that can be intercepted, in no vendor's numbering; each is a bit of <see cref="X86InterceptSet"/>. A handler maps them to exit codes by a table.</summary>
public enum X86Intercept : byte
{
    /// <summary>An exception: <see cref="X86InterceptInfo.Event"/>; gated by <see cref="X86GuestControls.ExceptionBitmap"/>.</summary>
    Exception,

    /// <summary>An external interrupt is about to be taken.</summary>
    ExternalInterrupt,

    /// <summary>An NMI is about to be taken.</summary>
    Nmi,

    /// <summary>INIT.</summary>
    Init,

    /// <summary>SIPI.</summary>
    Startup,

    /// <summary>A triple fault.</summary>
    Shutdown,

    /// <summary>External interrupts could be taken now (RFLAGS.IF and no shadow).</summary>
    InterruptWindow,

    /// <summary>NMIs could be taken now.</summary>
    NmiWindow,

    /// <summary>INT n, by SVM's rule.</summary>
    SoftwareInterrupt,

    /// <summary>A task switch.</summary>
    TaskSwitch,

    /// <summary>CPUID.</summary>
    Cpuid,

    /// <summary>HLT.</summary>
    Hlt,

    /// <summary>INVD.</summary>
    Invd,

    /// <summary>WBINVD and WBNOINVD.</summary>
    Wbinvd,

    /// <summary>INVLPG.</summary>
    Invlpg,

    /// <summary>INVPCID.</summary>
    Invpcid,

    /// <summary>RDPMC.</summary>
    Rdpmc,

    /// <summary>RDTSC.</summary>
    Rdtsc,

    /// <summary>RDTSCP.</summary>
    Rdtscp,

    /// <summary>RDPID.</summary>
    Rdpid,

    /// <summary>RSM.</summary>
    Rsm,

    /// <summary>MOV from a control register.</summary>
    ReadControlRegister,

    /// <summary>MOV to a control register.</summary>
    WriteControlRegister,

    /// <summary>CLTS.</summary>
    Clts,

    /// <summary>LMSW.</summary>
    Lmsw,

    /// <summary>SMSW.</summary>
    Smsw,

    /// <summary>MOV from a debug register.</summary>
    ReadDebugRegister,

    /// <summary>MOV to a debug register.</summary>
    WriteDebugRegister,

    /// <summary>IN, OUT, INS, OUTS.</summary>
    PortAccess,

    /// <summary>RDMSR.</summary>
    ReadMsr,

    /// <summary>WRMSR.</summary>
    WriteMsr,

    /// <summary>MONITOR.</summary>
    Monitor,

    /// <summary>MWAIT.</summary>
    Mwait,

    /// <summary>PAUSE.</summary>
    Pause,

    /// <summary>XSETBV.</summary>
    Xsetbv,

    /// <summary>SGDT.</summary>
    Sgdt,

    /// <summary>SIDT.</summary>
    Sidt,

    /// <summary>LGDT.</summary>
    Lgdt,

    /// <summary>LIDT.</summary>
    Lidt,

    /// <summary>SLDT.</summary>
    Sldt,

    /// <summary>STR.</summary>
    Str,

    /// <summary>LLDT.</summary>
    Lldt,

    /// <summary>LTR.</summary>
    Ltr,

    /// <summary>PUSHF.</summary>
    Pushf,

    /// <summary>POPF.</summary>
    Popf,

    /// <summary>CLI.</summary>
    Cli,

    /// <summary>STI.</summary>
    Sti,

    /// <summary>IRET.</summary>
    Iret,

    /// <summary>SYSCALL.</summary>
    Syscall,

    /// <summary>SYSRET.</summary>
    Sysret,

    /// <summary>SYSENTER.</summary>
    Sysenter,

    /// <summary>SYSEXIT.</summary>
    Sysexit,

    /// <summary>RDRAND.</summary>
    Rdrand,

    /// <summary>RDSEED.</summary>
    Rdseed,

    /// <summary>XSAVES.</summary>
    Xsaves,

    /// <summary>XRSTORS.</summary>
    Xrstors,

    /// <summary>VMCALL or VMMCALL where the core has no extension that defines it.</summary>
    Hypercall,

    /// <summary>An instruction that raises #UD; lets a monitor define instructions.</summary>
    InvalidOpcode,

    /// <summary>An instruction of an extension: <see cref="X86InterceptInfo.Operand"/> is its number in the extension's registration.</summary>
    ExtensionInstruction,

    /// <summary>The instruction counter or monitor trap: one instruction has been executed.</summary>
    MonitorTrap,

    /// <summary>An access to the local APIC's page.</summary>
    ApicAccess,

    /// <summary>CR8 or the task priority fell below the threshold.</summary>
    TaskPriority,

    /// <summary>A data write to a present page that the page tables make read-only, by an operand inside one page, before its #PF: <see cref="X86InterceptInfo.LinearAddress"/>. <see cref="X86Verdict.Replace"/> lets this one access through as a device's, at the physical address in <see cref="X86InterceptInfo.Value"/>; a read-modify-write reads there too.</summary>
    WriteProtection,
}
