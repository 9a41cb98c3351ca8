using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Float;
using Dominion.Cpu.X86.Paging;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86;

/// <content>What follows from the control registers, the segments and RFLAGS.</content>
internal sealed unsafe partial class X86Core
{
    /// <summary>CR0.PE is set.</summary>
    public bool IsProtected => (S->Arch.Cr0 & ControlBits.Cr0ProtectionEnable) != 0;

    /// <summary>Virtual-8086 mode.</summary>
    public bool IsVirtual8086 => (S->Arch.Rflags & Flags.Virtual8086) != 0;

    /// <summary>Real-address mode or virtual-8086 mode: segments are paragraphs.</summary>
    public bool HasParagraphSegments => !IsProtected || IsVirtual8086;

    /// <summary>IA-32e mode (compatibility or 64-bit).</summary>
    public bool IsLongMode => (S->Arch.Efer & ControlBits.EferLongModeActive) != 0;

    /// <summary>64-bit mode.</summary>
    public bool Is64Bit => (S->Mode & BlockMode.Code64) != 0;

    /// <summary>CR4.UMIP keeps SGDT, SIDT, SLDT, SMSW and STR from this privilege level (SDM volume 3A, 2.5).</summary>
    public bool IsUserInformationPrevented => (S->Arch.Cr4 & ControlBits.Cr4Umip) != 0 && S->Cpl != 0;

    /// <summary>Whether a base address may be loaded (MSRs, descriptor tables, FS and GS, INVPCID): canonical for the widest linear addresses that the processor has, whatever the paging mode.</summary>
    public bool IsCanonicalBase(ulong linear) => PageWalker.IsCanonical(linear, Cpuid.CanonicalShift);

    /// <summary>Whether the operating system has made AVX usable (SDM volume 2, 2.4 "AVX and SSE Instruction Exception Classification").</summary>
    public bool HasVex =>
        !HasParagraphSegments
        && (S->Arch.Cr4 & ControlBits.Cr4OsXsave) != 0
        && (S->Arch.Xcr0 & ExtendedArea.Vectors) == ExtendedArea.Vectors;

    public void StateChanged()
    {
        Flags.Set(S, S->Arch.Rflags);
        SegmentsChanged();
        UpdateMode();
        DropLinks();
        Volatile.Write(ref S->Attention, 1);
    }

    /// <summary>Works out the mode of blocks, the set of translations and what is blocked. Call after a change of CR0, CR4, EFER, CS, SS, CPL, RFLAGS (TF, AC, VM, IF), DR7 or a shadow.</summary>
    public void UpdateMode()
    {
        CoreState* s = S;
        ref X86Segment cs = ref s->Arch.Segments[(int)X86SegmentRegister.Cs];
        ref X86Segment ss = ref s->Arch.Segments[(int)X86SegmentRegister.Ss];
        ulong rflags = s->Arch.Rflags;
        bool real = !IsProtected;
        bool virtual8086 = (rflags & Flags.Virtual8086) != 0;
        s->Cpl = real ? 0 : virtual8086 ? 3 : ss.Dpl;

        uint mode;
        if (IsLongMode && (cs.Attributes & X86SegmentAttributes.Long) != 0)
            mode = BlockMode.Code64 | BlockMode.Stack32;
        else
            mode = ((cs.Attributes & X86SegmentAttributes.Default32) != 0 ? BlockMode.Code32 : BlockMode.Code16)
                | ((ss.Attributes & X86SegmentAttributes.Default32) != 0 ? BlockMode.Stack32 : 0);
        if (!real && !virtual8086)
            mode |= BlockMode.Protected;
        if (s->Cpl == 3)
            mode |= BlockMode.User;
        if (_controls->GuestMode)
            mode |= BlockMode.Guest;
        bool breakpoints = (s->Arch.Dr7 & 0xFF) != 0;
        if ((rflags & Flags.Trap) != 0 || breakpoints || s->Arch.StiShadow || s->Arch.MovSsShadow || s->Arch.PendingDebug != 0)
            mode |= BlockMode.Single;
        s->Mode = mode;

        bool alignmentChecked = s->Cpl == 3 && (rflags & Flags.AlignmentCheck) != 0 && (s->Arch.Cr0 & ControlBits.Cr0AlignmentMask) != 0;
        s->Tlb = _contexts.Current.GetSet(breakpoints || alignmentChecked ? Tlb.Set.Checked : CurrentSet(s->Cpl == 3));

        ulong cr0 = s->Arch.Cr0;
        ulong cr4 = s->Arch.Cr4;
        s->CanonicalShift = (cr4 & ControlBits.Cr4LinearAddress57) != 0 ? PageWalker.Shift57 : PageWalker.Shift48;
        s->FloatBlocked = (byte)((cr0 & (ControlBits.Cr0Emulation | ControlBits.Cr0TaskSwitched)) != 0 ? 1 : 0);
        s->MmxBlocked = s->FloatBlocked;
        s->SseBlocked = (byte)(s->FloatBlocked != 0 || (cr4 & ControlBits.Cr4OsFxsr) == 0 ? 1 : 0);
        s->AvxBlocked = (byte)(HasVex && (cr0 & ControlBits.Cr0TaskSwitched) == 0 ? 0 : 1);
    }

    /// <summary>Works out which segments need no limit check. Call after a load of any segment register.</summary>
    public void SegmentsChanged()
    {
        uint read = 0;
        uint write = 0;
        for (int i = 0; i <= (int)X86SegmentRegister.Gs; i++)
        {
            ref X86Segment segment = ref S->Arch.Segments[i];
            if (!segment.IsUsable || (segment.Attributes & X86SegmentAttributes.Present) == 0 || segment.Limit != uint.MaxValue)
                continue;
            bool code = (segment.Attributes & X86SegmentAttributes.Code) != 0;
            bool readable = !code || (segment.Attributes & X86SegmentAttributes.WritableOrReadable) != 0;
            bool expandDown = !code && (segment.Attributes & X86SegmentAttributes.ExpandDownOrConforming) != 0;
            bool writable = !code && (segment.Attributes & X86SegmentAttributes.WritableOrReadable) != 0;
            if (readable && !expandDown)
                read |= 1u << i;
            if (writable && !expandDown)
                write |= 1u << i;
        }

        S->FlatForRead = read;
        S->FlatForWrite = write;
    }

    /// <summary>Sets RFLAGS and everything that hangs on it.</summary>
    public void SetFlags(ulong value)
    {
        ulong old = S->Arch.Rflags;
        Flags.Set(S, value);
        const ulong ModeFlags = Flags.Trap | Flags.AlignmentCheck | Flags.Virtual8086;
        if (((old ^ value) & ModeFlags) != 0)
            UpdateMode();
        if ((value & ~old & Flags.Interrupt) != 0)
            NoteInterruptsEnabled();
    }

    private Tlb.Set CurrentSet(bool user) =>
        user ? Tlb.Set.User
        : (S->Arch.Rflags & Flags.AlignmentCheck) != 0 && (S->Arch.Cr4 & ControlBits.Cr4Smap) != 0 ? Tlb.Set.SupervisorAc
        : Tlb.Set.Supervisor;
}
