using Dominion.Cpu.X86;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Emulation;
using Dominion.Paravirt.Xen.Hypercalls;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.Paging;

namespace Dominion.Paravirt.Xen.Domains;

/// <content>What would enter ring 0, and the flush of cached translations across vCPUs.</content>
internal sealed unsafe partial class PvVcpu
{
    private const uint UserBit = 4;

    private int _inGuest;
    private int _flushAsked;

    /// <inheritdoc/>
    public IX86SecondLevel? SecondLevel => Domain.Check;

    /// <inheritdoc/>
    public X86Verdict OnIntercept(ref X86InterceptInfo info)
    {
        if (info.Intercept == X86Intercept.WriteProtection)
            return OnWriteProtection(ref info);
        LeaveGuest();
        Handle(ref info);
        if (_leave is not null || Domain.HasShutDown)
        {
            _leave ??= Dominion.Domains.VcpuStatus.Idle;
            return X86Verdict.Exited;
        }

        EnterWithPending();
        return _leave is null ? X86Verdict.Completed : X86Verdict.Exited;
    }

    /// <summary>Drops this vCPU's cached translations.</summary>
    /// <param name="page">A linear address, or null for all.</param>
    public void FlushLocal(ulong? page)
    {
        if (page is { } linear)
            Core.FlushPage(linear);
        else
            Core.FlushTranslations(X86FlushScope.All, 0);
    }

    /// <summary>Asks the vCPU to drop its cached translations before it uses one again. For other vCPUs' threads; <see cref="WaitForFlush"/> waits.</summary>
    public void AskFlush()
    {
        Volatile.Write(ref _flushAsked, 1);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _inGuest) != 0)
            Core.RequestExit();
    }

    /// <summary>Waits until the vCPU uses no translation from before <see cref="AskFlush"/>. It needs no lock on its way out of the guest.</summary>
    public void WaitForFlush()
    {
        SpinWait spin = default;
        while (Volatile.Read(ref _inGuest) != 0 && Volatile.Read(ref _flushAsked) != 0)
            spin.SpinOnce();
    }

    private static void Intercept(ref X86GuestControls controls)
    {
        controls = default;
        controls.ExceptionBitmap = uint.MaxValue;
        controls.SecondLevelEnabled = true;
        foreach (X86Intercept intercept in (ReadOnlySpan<X86Intercept>)
            [X86Intercept.Exception, X86Intercept.SoftwareInterrupt, X86Intercept.Syscall, X86Intercept.Sysenter, X86Intercept.Cpuid, X86Intercept.WriteProtection, X86Intercept.Shutdown])
        {
            controls.Intercepts.Set(intercept);
        }
    }

    private void EnterGuest()
    {
        Volatile.Write(ref _inGuest, 1);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _flushAsked) == 0)
            return;
        FlushLocal(null);
        Volatile.Write(ref _flushAsked, 0);
    }

    private void LeaveGuest() => Volatile.Write(ref _inGuest, 0);

    private void Handle(ref X86InterceptInfo info)
    {
        ref X86State state = ref Core.State;
        switch (info.Intercept)
        {
            case X86Intercept.Exception:
                OnException(info.Event);
                break;
            case X86Intercept.Syscall:
                OnSyscall(info.InstructionLength);
                break;
            case X86Intercept.SoftwareInterrupt:
                OnSoftwareInterrupt((byte)info.Operand, info.InstructionLength);
                break;
            case X86Intercept.Cpuid:
                Privileged.Cpuid();
                state.Rip += info.InstructionLength;
                break;
            case X86Intercept.Sysenter:
                OnSysenter(info.InstructionLength);
                break;
            default:
                Domain.CrashGuest(this, $"the core stopped it: {info.Intercept}");
                break;
        }
    }

    private void OnException(in X86Event e)
    {
        switch ((X86Exception)e.Vector)
        {
            case X86Exception.PageFault:
                OnPageFault(e);
                return;
            case X86Exception.GeneralProtection when e.ErrorCode == 0 && Privileged.TryEmulate():
                return;
            case X86Exception.InvalidOpcode when Privileged.TryForcedEmulation():
                return;
            case X86Exception.DeviceNotAvailable:
                SetTaskSwitched(false);
                break;
            case X86Exception.Debug:
                Core.State.Dr6 = (Core.State.Dr6 & ~0xFUL) | e.FaultAddress;
                break;
            case X86Exception.DoubleFault:
                Domain.CrashGuest(this, "double fault");
                return;
        }

        // INT3, INTO and INT1 return behind themselves.
        Core.State.Rip += e.InstructionLength;
        Delivery.Deliver(e.Vector, e.HasErrorCode ? e.ErrorCode : null);
    }

    private void OnPageFault(in X86Event e)
    {
        if (Descriptors.TryHandleFault(e.FaultAddress))
            return;
        GuestCr2 = e.FaultAddress;

        // All of the guest runs at level 3: the bit that the processor sets would tell the kernel that it is an application.
        uint error = IsKernel ? e.ErrorCode & ~UserBit : e.ErrorCode | UserBit;
        Delivery.Deliver(e.Vector, error);
    }

    private void OnSyscall(int length)
    {
        ref X86State state = ref Core.State;
        ulong next = state.Rip + (ulong)length;
        bool is64Bit = (state.Segments[(int)X86SegmentRegister.Cs].Attributes & X86SegmentAttributes.Long) != 0;
        Callback callback = IsKernel ? default : Callbacks[(int)(is64Bit ? CallbackType.Syscall : CallbackType.Syscall32)];
        if (!IsKernel && callback.Address == 0)
        {
            Delivery.Deliver((int)X86Exception.InvalidOpcode, null);
            return;
        }

        state.Rip = next;
        state.Gpr[(int)X86Register.Rcx] = next;
        state.Gpr[(int)X86Register.R11] = state.Rflags;
        if (IsKernel)
        {
            OnHypercall();
            return;
        }

        if (is64Bit)
            SegmentLoader.LoadFlat(ref state);
        Delivery.DeliverCallback(callback);
    }

    private void OnHypercall()
    {
        ref X86State state = ref Core.State;
        HypercallArguments arguments = default;
        arguments[0] = state.Gpr[(int)X86Register.Rdi];
        arguments[1] = state.Gpr[(int)X86Register.Rsi];
        arguments[2] = state.Gpr[(int)X86Register.Rdx];
        arguments[3] = state.Gpr[(int)X86Register.R10];
        arguments[4] = state.Gpr[(int)X86Register.R8];
        arguments[5] = state.Gpr[(int)X86Register.R9];
        ulong number = state.Gpr[(int)X86Register.Rax];
        state.Gpr[(int)X86Register.Rax] = (ulong)HypercallTable.Invoke(this, number, arguments);
    }

    /// <summary>SYSENTER keeps no return address: the guest's own entry point knows where its applications come from.</summary>
    private void OnSysenter(int length)
    {
        Callback callback = Callbacks[(int)CallbackType.Sysenter];
        if (IsKernel || callback.Address == 0)
        {
            Delivery.Deliver((int)X86Exception.GeneralProtection, 0);
            return;
        }

        ref X86State state = ref Core.State;
        state.Rflags &= ~GuestFlags.NestedTask;
        state.Rip += (ulong)length;
        Delivery.DeliverCallback(callback);
    }

    private void OnSoftwareInterrupt(byte vector, int length)
    {
        TrapHandler handler = Traps[vector];
        bool allowed = handler.Privilege >= (IsKernel ? 1 : 3) && handler.Address != 0;
        if (!allowed)
        {
            const uint IdtFlag = 2;
            Delivery.Deliver((int)X86Exception.GeneralProtection, ((uint)vector << 3) | IdtFlag);
            return;
        }

        Core.State.Rip += (ulong)length;
        Delivery.Deliver(vector, null);
    }

    /// <summary>Lets a kernel's write to a level-1 table through, where the guest has asked for that and the table's mapping in the walk is a leaf.</summary>
    private X86Verdict OnWriteProtection(ref X86InterceptInfo info)
    {
        if (!IsKernel || (Volatile.Read(ref Domain.Assists) & (1UL << AssistHypercalls.WritablePageTables)) == 0 || !GuestAddress.IsGuest(info.LinearAddress))
            return X86Verdict.Continue;
        var read = new X86Access(MemoryAccess.Read, true);
        if (Core.Translate(info.LinearAddress, read, out ulong physical, out _) != X86TranslationResult.Ok)
            return X86Verdict.Continue;
        ulong mfn = physical >> FrameRange.FrameShift;
        if (!Domain.Types.Owns(mfn) || Domain.Hypervisor.Frames[mfn] is not { Type: FrameType.L1, TypeCount: > 0 })
            return X86Verdict.Continue;
        info.Value = physical;
        return X86Verdict.Replace;
    }

    /// <summary>A page table's entry, or a part of it, is written by an instruction of the guest's kernel.</summary>
    /// <param name="address">The machine address.</param>
    /// <param name="width">1, 2, 4 or 8 bytes.</param>
    /// <param name="value">The value.</param>
    public void WritePageTable(ulong address, int width, ulong value)
    {
        // The lock's holder may be waiting for this vCPU to leave the guest; it holds no translation that matters meanwhile.
        LeaveGuest();
        using (Domain.PagingLock.EnterScope())
        {
            ulong slot = address & ~7UL;
            ulong entry = value;
            if (width < sizeof(ulong))
            {
                int shift = (int)(address & 7) * 8;
                ulong mask = (ulong.MaxValue >> (64 - (8 * width))) << shift;
                ulong before = Volatile.Read(ref *(ulong*)(Domain.Hypervisor.Frames.Memory.Base + slot));
                entry = (before & ~mask) | ((value << shift) & mask);
            }

            if (Domain.Updates.WriteLeaf(slot, entry) != XenError.Success)
                Domain.CrashGuest(this, $"writes {entry:x16}h to the page-table entry at machine address {slot:x}h, which it may not have");
        }

        EnterGuest();

        // What arrived meanwhile found the vCPU outside the guest and did not ask it to leave.
        if (HasShutDownOrEvent)
            Core.RequestExit();
    }

    private bool HasShutDownOrEvent => Domain.HasShutDown || (IsUpcallPending && !AreEventsMasked);
}
