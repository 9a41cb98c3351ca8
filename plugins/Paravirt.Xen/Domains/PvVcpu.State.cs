using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Dominion.Cpu.X86;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Emulation;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.Paging;
using Dominion.Paravirt.Xen.Time;

namespace Dominion.Paravirt.Xen.Domains;

/// <content>What the VMM keeps for the vCPU, and its registers as the guest sees them.</content>
internal sealed unsafe partial class PvVcpu
{
    /// <summary>CR4.OSXSAVE.</summary>
    public const ulong Cr4OsXsave = 1 << 18;

    private const int PrivateInfoSize = 64;
    private const int SharedInfoVcpus = 32;
    private const ulong TaskSwitched = 8;
    private const ulong RealCr0 = 0x8005_0033;
    private const ulong RealCr4 = (1 << 5) | (1 << 7) | (1 << 9) | (1 << 10);
    private const ulong Cr4FsGsBase = 1 << 16;
    private const ulong Cr4Settable = (1 << 2) | (1 << 3) | Cr4FsGsBase | Cr4OsXsave;
    private const ulong RealEfer = 0xD01;
    private const byte TscStable = 1;

    private byte* _info;
    private byte* _privateInfo;
    private ulong _cr4;

    /// <summary>Copies to and from the guest's memory.</summary>
    public GuestAccess Guest { get; }

    /// <summary>Loads segment registers.</summary>
    public SegmentLoader Segments { get; }

    /// <summary>Sends exceptions and events into the guest.</summary>
    public TrapDelivery Delivery { get; }

    /// <summary>Emulates privileged instructions.</summary>
    public PrivilegedInstructions Privileged { get; }

    /// <summary>The MSRs.</summary>
    public GuestMsrs Msrs { get; }

    /// <summary>The descriptor tables.</summary>
    public VcpuDescriptors Descriptors { get; }

    /// <summary>The timers.</summary>
    public VcpuTimers Timers { get; }

    /// <summary>The time spent in each runstate.</summary>
    public RunstateClock Runstate { get; } = new();

    /// <summary>Where the guest wants its runstate, a linear address, or 0.</summary>
    public ulong RunstateArea { get; set; }

    /// <summary>Where the guest wants a second copy of the time, a linear address, or 0.</summary>
    public ulong TimeArea { get; set; }

    /// <summary>The guest's handlers of exceptions and software interrupts, by vector.</summary>
    public TrapHandler[] Traps { get; } = new TrapHandler[256];

    /// <summary>The guest's entry points, by <see cref="CallbackType"/>.</summary>
    public Callback[] Callbacks { get; } = new Callback[8];

    /// <summary>The stack on which the kernel is entered from user mode.</summary>
    public ulong KernelStack { get; set; }

    /// <summary>The level-4 table of the guest's kernel, as MFN; 0 before there is one.</summary>
    public ulong KernelRoot { get; private set; }

    /// <summary>The level-4 table of the guest's applications, as MFN, or 0.</summary>
    public ulong UserRoot { get; private set; }

    /// <summary>Whether the guest's kernel runs.</summary>
    public bool IsKernel { get; private set; } = true;

    /// <summary>The I/O privilege level that the guest has set, 0 to 3.</summary>
    public int IoPrivilege { get; set; }

    /// <summary>The linear address of the guest's I/O permission bitmap, or 0.</summary>
    public ulong IoBitmap { get; set; }

    /// <summary>How many ports the bitmap covers.</summary>
    public int IoBitmapPorts { get; set; }

    /// <summary>CR0 as the guest reads it.</summary>
    public ulong GuestCr0 => Core.State.Cr0;

    /// <summary>CR2 as the guest reads it: in vcpu_info.</summary>
    public ulong GuestCr2
    {
        get => *(ulong*)(_info + Domain.Layout.VcpuCr2);
        set => *(ulong*)(_info + Domain.Layout.VcpuCr2) = value;
    }

    /// <summary>CR4 as the guest reads it. Of what it writes only the bits that are its own count.</summary>
    public ulong GuestCr4
    {
        get => RealCr4 | _cr4;
        set
        {
            _cr4 = value & Cr4Settable & Supported();
            Core.State.Cr4 = RealCr4 | _cr4;
        }
    }

    /// <summary>vcpu_info.evtchn_upcall_mask.</summary>
    public bool AreEventsMasked
    {
        get => Volatile.Read(ref _info[1]) != 0;
        set => Volatile.Write(ref _info[1], value ? (byte)1 : (byte)0);
    }

    /// <summary>vcpu_info.evtchn_upcall_pending.</summary>
    public bool IsUpcallPending => Volatile.Read(ref _info[0]) != 0;

    /// <summary>The vCPU's vcpu_info.</summary>
    public byte* Info => _info;

    /// <summary>Takes the state of a vCPU that is not initialised, in a domain whose frames are new.</summary>
    public void Reset()
    {
        Timers.Stop();
        EndBlock();
        _online = false;
        _nmi = false;
        IsInitialised = false;
        RunstateArea = TimeArea = 0;
        KernelRoot = UserRoot = KernelStack = IoBitmap = 0;
        IoPrivilege = IoBitmapPorts = 0;
        IsKernel = true;
        Array.Clear(Traps);
        Array.Clear(Callbacks);
        Core.Reset();
        ref X86State state = ref Core.State;
        state.Activity = X86Activity.Active;
        state.Cr0 = RealCr0;
        state.Efer = RealEfer;
        state.Xcr0 = 1;
        state.FloatControl = 0x37F;
        state.FloatTag = 0xFFFF;
        state.Mxcsr = 0x1F80;
        state.Rflags = GuestFlags.Fixed | GuestFlags.Interrupt;
        state.Dr6 = 0xFFFF_0FF0;
        state.Dr7 = 0x400;
        state.Idtr = default;
        foreach (X86SegmentRegister register in (ReadOnlySpan<X86SegmentRegister>)[X86SegmentRegister.Ds, X86SegmentRegister.Es, X86SegmentRegister.Fs, X86SegmentRegister.Gs])
            state.Segments[(int)register] = SegmentLoader.Null(0);
        state.Segments[(int)X86SegmentRegister.Tr] = new X86Segment { Attributes = (X86SegmentAttributes)0x8B };
        for (int i = 0; i < 16; i++)
            state.Gpr[i] = 0;
        SegmentLoader.LoadFlat(ref state);
        GuestCr4 = 0;
        Descriptors.Forget();
        Intercept(ref Core.Controls);
        Core.FlushTranslations(X86FlushScope.All, 0);
        Core.StateChanged();
        UseSharedInfo();
    }

    /// <summary>Lets the vCPU start at the kernel's entry, as the builder does for the first one.</summary>
    /// <param name="root">The level-4 table, whose reference the vCPU takes over.</param>
    /// <param name="entry">RIP.</param>
    /// <param name="stack">RSP.</param>
    /// <param name="startInfo">The linear address of start_info.</param>
    public void Start(ulong root, ulong entry, ulong stack, ulong startInfo)
    {
        KernelRoot = root;
        ref X86State state = ref Core.State;
        state.Cr3 = root << FrameRange.FrameShift;
        state.Rip = entry;
        state.Gpr[(int)X86Register.Rsp] = stack;
        state.Gpr[(int)X86Register.Rsi] = startInfo;
        IsInitialised = true;
        SetOnline(true);
    }

    /// <summary>VCPUOP_initialise (struct vcpu_guest_context, xen/include/public/arch-x86/xen.h).</summary>
    /// <param name="context">The structure.</param>
    public XenError Initialise(ReadOnlySpan<byte> context)
    {
        const uint InKernel = 4;
        const uint FailsafeMasks = 8;
        const uint SyscallMasks = 16;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(context);
        uint flags = (uint)words[64];
        ulong root = words[626] >> FrameRange.FrameShift;
        uint entries = (uint)words[620];
        if ((flags & InKernel) == 0 || entries > VmmDescriptors.GuestEntries)
            return XenError.Invalid;
        XenError error = Descriptors.SetGdt(words.Slice(604, (int)((entries + 511) / 512)).ToArray());
        if (error != XenError.Success)
            return error;
        error = SetKernelRoot(root);
        if (error != XenError.Success)
            return error;
        error = Descriptors.SetLdt(words[602], (uint)words[603]);
        if (error != XenError.Success)
            return error;

        ref X86State state = ref Core.State;
        ReadOnlySpan<X86Register> order =
        [
            X86Register.R15, X86Register.R14, X86Register.R13, X86Register.R12, X86Register.Rbp, X86Register.Rbx, X86Register.R11, X86Register.R10,
            X86Register.R9, X86Register.R8, X86Register.Rax, X86Register.Rcx, X86Register.Rdx, X86Register.Rsi, X86Register.Rdi,
        ];
        for (int i = 0; i < order.Length; i++)
            state.Gpr[(int)order[i]] = words[65 + i];
        state.Rip = words[81];
        state.Rflags = GuestFlags.Real(words[83]);
        IoPrivilege = (int)(words[83] >> 12) & 3;
        state.Gpr[(int)X86Register.Rsp] = words[84];
        ReadTraps(context[720..]);
        KernelStack = words[622];
        SetTaskSwitched((words[623] & TaskSwitched) != 0);
        GuestCr4 = words[627];
        for (int i = 0; i < 8; i++)
        {
            if (i is not (4 or 5) && DebugRegisterRules.Write(ref state, i, words[631 + i]) != XenError.Success)
                return XenError.Invalid;
        }

        Callbacks[(int)CallbackType.Event] = new Callback(words[639], true);
        Callbacks[(int)CallbackType.Failsafe] = new Callback(words[640], (flags & FailsafeMasks) != 0);
        Callbacks[(int)CallbackType.Syscall] = new Callback(words[641], (flags & SyscallMasks) != 0);
        state.Segments[(int)X86SegmentRegister.Fs].Base = words[643];
        state.Segments[(int)X86SegmentRegister.Gs].Base = words[644];
        state.KernelGsBase = words[645];
        AreEventsMasked = true;
        IsInitialised = true;
        return XenError.Success;
    }

    /// <summary>MMUEXT_NEW_BASEPTR and MOV to CR3.</summary>
    public XenError SetKernelRoot(ulong mfn)
    {
        using (Domain.PagingLock.EnterScope())
        {
            ulong old = KernelRoot;
            if (old != mfn)
            {
                XenError error = Domain.Types.GetAs(mfn, FrameType.L4);
                if (error != XenError.Success)
                    return error;
                KernelRoot = mfn;
            }

            if (IsKernel)
                Core.State.Cr3 = mfn << FrameRange.FrameShift;
            FlushLocal(null);
            if (old != mfn && old != 0)
                Domain.Types.PutAs(old);
        }

        return XenError.Success;
    }

    /// <summary>MMUEXT_NEW_USER_BASEPTR.</summary>
    /// <param name="mfn">The table, or 0 for none.</param>
    public XenError SetUserRoot(ulong mfn)
    {
        using (Domain.PagingLock.EnterScope())
        {
            ulong old = UserRoot;
            if (old == mfn)
                return XenError.Success;
            if (mfn != 0)
            {
                XenError error = Domain.Types.GetAs(mfn, FrameType.L4);
                if (error != XenError.Success)
                    return error;
            }

            UserRoot = mfn;
            if (!IsKernel)
            {
                Core.State.Cr3 = mfn << FrameRange.FrameShift;
                FlushLocal(null);
            }

            if (old != 0)
                Domain.Types.PutAs(old);
        }

        return XenError.Success;
    }

    /// <summary>Goes to the guest's applications: their page tables, and their GS base.</summary>
    /// <returns>False when the guest has given no page table for them.</returns>
    public bool TryEnterUser()
    {
        if (UserRoot == 0)
            return false;
        if (IsKernel)
            Toggle(UserRoot);
        return true;
    }

    /// <summary>Goes to the guest's kernel.</summary>
    public void EnterKernel() => Toggle(KernelRoot);

    /// <summary>Sets or clears CR0.TS: the guest saves the FPU's state when it is used next.</summary>
    public void SetTaskSwitched(bool value)
    {
        ref ulong cr0 = ref Core.State.Cr0;
        cr0 = value ? cr0 | TaskSwitched : cr0 & ~TaskSwitched;
    }

    /// <summary>XSETBV.</summary>
    /// <returns>False for #GP.</returns>
    public bool TrySetXcr0(uint index, ulong value)
    {
        X86CpuidResult supported = Core.GetCpuid(0xD, 0);
        ulong mask = supported.Eax | ((ulong)supported.Edx << 32);
        if (index != 0 || (value & 1) == 0 || (value & ~mask) != 0 || (value & 6) == 4)
            return false;
        Core.State.Xcr0 = value;
        return true;
    }

    /// <summary>VCPUOP_register_vcpu_info: moves the vcpu_info to a place of the guest's choice, once.</summary>
    /// <param name="mfn">The frame.</param>
    /// <param name="offset">The offset in it.</param>
    public XenError RegisterInfo(ulong mfn, uint offset)
    {
        if (offset > FrameRange.FrameSize - (uint)Domain.Layout.VcpuInfoSize || (offset & 7) != 0 || HasOwnInfo)
            return XenError.Invalid;
        using (Domain.PagingLock.EnterScope())
        {
            if (Domain.Types.GetAs(mfn, FrameType.Writable) != XenError.Success)
                return XenError.Invalid;
            byte* place = Domain.Hypervisor.Frames.Page(mfn) + offset;
            new ReadOnlySpan<byte>(_info, Domain.Layout.VcpuInfoSize).CopyTo(new Span<byte>(place, Domain.Layout.VcpuInfoSize));
            _info = place;
            HasOwnInfo = true;
        }

        // What was set in the old place meanwhile must not be lost: the guest looks at everything.
        *(ulong*)(_info + Domain.Layout.VcpuPendingSelector) = ulong.MaxValue;
        Volatile.Write(ref _info[0], 1);
        return XenError.Success;
    }

    private bool HasOwnInfo { get; set; }

    /// <summary>Writes the relation between the time-stamp counter and the system time (struct vcpu_time_info).</summary>
    public void UpdateTime()
    {
        Span<byte> time = stackalloc byte[32];
        WriteTime(time);
        byte* place = _info + Domain.Layout.VcpuTime;
        uint version = *(uint*)place;
        Volatile.Write(ref *(uint*)place, version | 1);
        time[4..].CopyTo(new Span<byte>(place + 4, 28));
        Volatile.Write(ref *(uint*)place, (version | 1) + 1);
        UpdateTimeArea();
    }

    /// <summary>Writes the time into the area that the guest has registered.</summary>
    public void UpdateTimeArea()
    {
        if (TimeArea == 0 || !IsKernel)
            return;
        Span<byte> time = stackalloc byte[32];
        WriteTime(time);
        BinaryPrimitives.WriteUInt32LittleEndian(time, 2);
        Guest.TryWrite(TimeArea, time);
    }

    /// <summary>Writes the runstate into the area that the guest has registered. A page that is gone is the guest's own loss.</summary>
    public void UpdateRunstateArea()
    {
        if (!IsKernel)
            return;
        const ulong Update = 1UL << 63;
        Span<byte> info = stackalloc byte[RunstateClock.Size];
        Runstate.Write(info);
        ulong entered = BinaryPrimitives.ReadUInt64LittleEndian(info[RunstateClock.EntryTimeOffset..]);
        bool flagged = (Volatile.Read(ref Domain.Assists) & (1UL << Hypercalls.AssistHypercalls.RunstateUpdateFlag)) != 0;
        if (flagged)
        {
            Guest.TryWrite(RunstateArea + RunstateClock.EntryTimeOffset, entered | Update);
            BinaryPrimitives.WriteUInt64LittleEndian(info[RunstateClock.EntryTimeOffset..], entered | Update);
        }

        Guest.TryWrite(RunstateArea, info);
        if (flagged)
            Guest.TryWrite(RunstateArea + RunstateClock.EntryTimeOffset, entered);
    }

    private void UseSharedInfo()
    {
        HasOwnInfo = false;
        if (Index < SharedInfoVcpus)
        {
            _info = Domain.SharedInfo + (Index * Domain.Layout.VcpuInfoSize);
        }
        else
        {
            // The guest must register a place before the vCPU can have events.
            if (_privateInfo == null)
                _privateInfo = (byte*)NativeMemory.AllocZeroed(PrivateInfoSize);
            _info = _privateInfo;
        }

        AreEventsMasked = true;
    }

    private void FreePrivateInfo() => NativeMemory.Free(_privateInfo);

    private void WriteTime(Span<byte> time)
    {
        time.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(time[8..], Core.TimestampCounter);
        BinaryPrimitives.WriteInt64LittleEndian(time[16..], Domain.SystemTime);
        (uint multiplier, sbyte shift) = TimeScale.Of(Core.TscFrequency);
        BinaryPrimitives.WriteUInt32LittleEndian(time[24..], multiplier);
        time[28] = (byte)shift;
        time[29] = TscStable;
    }

    private void ReadTraps(ReadOnlySpan<byte> table)
    {
        for (int i = 0; i < 256; i++)
        {
            ReadOnlySpan<byte> info = table.Slice(i * 16, 16);
            ulong address = BinaryPrimitives.ReadUInt64LittleEndian(info[8..]);
            Traps[i] = GuestAddress.IsCanonical(address) ? new TrapHandler(address, info[1]) : default;
        }
    }

    private void Toggle(ulong root)
    {
        ref X86State state = ref Core.State;
        ref ulong gs = ref state.Segments[(int)X86SegmentRegister.Gs].Base;
        (gs, state.KernelGsBase) = (state.KernelGsBase, gs);
        IsKernel = !IsKernel;
        state.Cr3 = root << FrameRange.FrameShift;
        Core.FlushTranslations(X86FlushScope.TagNonGlobal, 0);
    }

    /// <summary>The bits of CR4 that the processor has.</summary>
    private ulong Supported()
    {
        ulong bits = (1 << 2) | (1 << 3);
        if ((Core.GetCpuid(1, 0).Ecx & (1u << 26)) != 0)
            bits |= Cr4OsXsave;
        if ((Core.GetCpuid(7, 0).Ebx & 1) != 0)
            bits |= Cr4FsGsBase;
        return bits;
    }
}
