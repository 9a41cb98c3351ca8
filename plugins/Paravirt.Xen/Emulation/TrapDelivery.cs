using System.Runtime.InteropServices;
using Dominion.Cpu.X86;
using Dominion.Paravirt.Xen.Domains;
using Dominion.Paravirt.Xen.Hypercalls;
using Dominion.Paravirt.Xen.Memory;

namespace Dominion.Paravirt.Xen.Emulation;

/// <summary>Sends events and exceptions into a 64-bit guest's kernel, by a frame on its stack (xen/include/public/arch-x86/xen-x86_64.h).</summary>
/// <param name="vcpu">The vCPU.</param>
internal sealed class TrapDelivery(PvVcpu vcpu)
{
    private const int MaskShift = 32;

    /// <summary>Calls the guest's handler of an exception or software interrupt.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="errorCode">The error code, or null for a vector without one.</param>
    public void Deliver(int vector, uint? errorCode)
    {
        TrapHandler handler = vcpu.Traps[vector];
        if (handler.Address == 0)
        {
            vcpu.Domain.CrashGuest(vcpu, $"exception {vector}{(errorCode is { } code ? $" with error code {code:x}h" : "")} has no handler");
            return;
        }

        Enter(handler.Address, handler.MasksEvents, errorCode, withSegments: false);
    }

    /// <summary>Calls the guest's event callback.</summary>
    /// <returns>False when there is none.</returns>
    public bool DeliverEvent()
    {
        Callback callback = vcpu.Callbacks[(int)CallbackType.Event];
        if (callback.Address == 0)
            return false;
        Enter(callback.Address, masksEvents: true, null, withSegments: false);
        return true;
    }

    /// <summary>Calls one of the guest's entry points for system calls.</summary>
    public void DeliverCallback(Callback callback) => Enter(callback.Address, callback.MasksEvents, null, withSegments: false);

    /// <summary>Calls the guest's failsafe callback: a return from a trap named a segment that cannot be loaded.</summary>
    public void DeliverFailsafe()
    {
        Callback callback = vcpu.Callbacks[(int)CallbackType.Failsafe];
        if (callback.Address == 0)
            vcpu.Domain.CrashGuest(vcpu, "a return from a trap failed, and there is no failsafe callback");
        else
            Enter(callback.Address, callback.MasksEvents, null, withSegments: true);
    }

    private void Enter(ulong address, bool masksEvents, uint? errorCode, bool withSegments)
    {
        ref X86State state = ref vcpu.Core.State;
        bool wasKernel = vcpu.IsKernel;
        bool wereMasked = vcpu.AreEventsMasked;
        ulong rsp = state.Gpr[(int)X86Register.Rsp];
        ushort cs = state.Segments[(int)X86SegmentRegister.Cs].Selector;
        ushort ss = state.Segments[(int)X86SegmentRegister.Ss].Selector;
        if (!wasKernel)
            vcpu.EnterKernel();
        ulong stack = (wasKernel ? rsp : vcpu.KernelStack) & ~15UL;

        // Upwards from the new stack pointer.
        Span<ulong> frame = stackalloc ulong[12];
        int count = 0;
        frame[count++] = state.Gpr[(int)X86Register.Rcx];
        frame[count++] = state.Gpr[(int)X86Register.R11];
        if (withSegments)
        {
            foreach (X86SegmentRegister register in (ReadOnlySpan<X86SegmentRegister>)[X86SegmentRegister.Ds, X86SegmentRegister.Es, X86SegmentRegister.Fs, X86SegmentRegister.Gs])
                frame[count++] = state.Segments[(int)register].Selector;
        }

        if (errorCode is { } code)
            frame[count++] = code;
        frame[count++] = state.Rip;
        frame[count++] = (wasKernel ? cs & ~3u : cs) | ((wereMasked ? 1UL : 0) << MaskShift);
        frame[count++] = Flags(state.Rflags, wereMasked);
        frame[count++] = rsp;
        frame[count++] = ss;
        stack -= (ulong)count * sizeof(ulong);
        if (!GuestAddress.IsGuest(stack) || !vcpu.Guest.TryWrite(stack, MemoryMarshal.AsBytes(frame[..count])))
        {
            vcpu.Domain.CrashGuest(vcpu, $"the kernel's stack at {stack:x16}h takes no frame");
            return;
        }

        if (masksEvents)
            vcpu.AreEventsMasked = true;
        state.Gpr[(int)X86Register.Rsp] = stack;
        state.Rip = address;
        state.Rflags &= ~(GuestFlags.AlignmentCheck | GuestFlags.Virtual8086 | GuestFlags.Resume | GuestFlags.NestedTask | GuestFlags.Trap);
        SegmentLoader.LoadFlat(ref state);
    }

    /// <summary>The flags that the guest finds: interrupts as its mask has them.</summary>
    private ulong Flags(ulong flags, bool masked)
    {
        ulong value = flags & ~(GuestFlags.Interrupt | GuestFlags.IoPrivilege);
        if (!masked)
            value |= GuestFlags.Interrupt;
        if ((Volatile.Read(ref vcpu.Domain.Assists) & (1UL << AssistHypercalls.ArchitecturalIopl)) != 0)
            value |= (ulong)vcpu.IoPrivilege << 12;
        return value;
    }
}
