namespace Dominion.Cpu.X86.State;

/// <summary>Bits of the control registers and of IA32_EFER (SDM volume 3A, 2.5 and 2.2.1).</summary>
internal static class ControlBits
{
    public const ulong Cr0ProtectionEnable = 1 << 0;
    public const ulong Cr0MonitorCoprocessor = 1 << 1;
    public const ulong Cr0Emulation = 1 << 2;
    public const ulong Cr0TaskSwitched = 1 << 3;
    public const ulong Cr0ExtensionType = 1 << 4;
    public const ulong Cr0NumericError = 1 << 5;
    public const ulong Cr0WriteProtect = 1 << 16;
    public const ulong Cr0AlignmentMask = 1 << 18;
    public const ulong Cr0NotWriteThrough = 1 << 29;
    public const ulong Cr0CacheDisable = 1 << 30;
    public const ulong Cr0Paging = 1UL << 31;

    public const ulong Cr4Virtual8086 = 1 << 0;
    public const ulong Cr4ProtectedVirtualInterrupts = 1 << 1;
    public const ulong Cr4TimeStampDisable = 1 << 2;
    public const ulong Cr4DebuggingExtensions = 1 << 3;
    public const ulong Cr4PageSizeExtensions = 1 << 4;
    public const ulong Cr4Pae = 1 << 5;
    public const ulong Cr4MachineCheck = 1 << 6;
    public const ulong Cr4PageGlobal = 1 << 7;
    public const ulong Cr4PerformanceCounter = 1 << 8;
    public const ulong Cr4OsFxsr = 1 << 9;
    public const ulong Cr4OsXmmExceptions = 1 << 10;
    public const ulong Cr4Umip = 1 << 11;
    public const ulong Cr4LinearAddress57 = 1 << 12;
    public const ulong Cr4FsGsBase = 1 << 16;
    public const ulong Cr4Pcid = 1 << 17;
    public const ulong Cr4OsXsave = 1 << 18;
    public const ulong Cr4Smep = 1 << 20;
    public const ulong Cr4Smap = 1 << 21;
    public const ulong Cr4ProtectionKeys = 1 << 22;
    public const ulong Cr4SupervisorKeys = 1 << 24;

    public const ulong EferSyscall = 1 << 0;
    public const ulong EferLongModeEnable = 1 << 8;
    public const ulong EferLongModeActive = 1 << 10;
    public const ulong EferNoExecute = 1 << 11;
}
