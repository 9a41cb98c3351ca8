using System.Runtime.InteropServices;

namespace Dominion.Cpu.X86;

/// <summary>What is intercepted now. Engines test these bits; the handler is called only on a hit. Changes take effect at the next instruction that the core executes after <see cref="IX86Core.Run"/> is entered or an intercept's handler returns.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct X86GuestControls
{
    /// <summary>The intercepts that are asked about.</summary>
    public X86InterceptSet Intercepts;

    /// <summary>Bit n: exception n is an intercept (together with <see cref="X86Intercept.Exception"/>).</summary>
    public uint ExceptionBitmap;

    /// <summary>For #PF, error-code bits that are compared with <see cref="PageFaultMatch"/>; unequal inverts the bitmap's bit 14 (SDM volume 3C, 26.2).</summary>
    public uint PageFaultMask;

    /// <summary>See <see cref="PageFaultMask"/>.</summary>
    public uint PageFaultMatch;

    /// <summary>Bit n: MOV from CRn is an intercept.</summary>
    public ushort ControlRegisterReads;

    /// <summary>Bit n: MOV to CRn is an intercept.</summary>
    public ushort ControlRegisterWrites;

    /// <summary>Bits of CR0 that the host owns: reads give the shadow's, and a write that would differ from the shadow is an intercept.</summary>
    public ulong Cr0Mask;

    /// <summary>What the guest reads in the bits of <see cref="Cr0Mask"/>.</summary>
    public ulong Cr0Shadow;

    /// <summary>Bits of CR4 that the host owns.</summary>
    public ulong Cr4Mask;

    /// <summary>What the guest reads in the bits of <see cref="Cr4Mask"/>.</summary>
    public ulong Cr4Shadow;

    /// <summary>Added to the time-stamp counter that the guest reads.</summary>
    public ulong TscOffset;

    /// <summary>The tag of translations (VPID, ASID); 0 outside guest mode.</summary>
    public uint TranslationTag;

    /// <summary>True in guest mode (VMX non-root operation, or an SVM guest). A part of the key of decoded blocks.</summary>
    public bool GuestMode;

    /// <summary>Physical addresses of the guest go through <see cref="IX86InterceptHandler.SecondLevel"/>.</summary>
    public bool SecondLevelEnabled;

    /// <summary>External interrupts are held whatever RFLAGS.IF says (SVM's GIF).</summary>
    public bool EventsBlocked;
}
