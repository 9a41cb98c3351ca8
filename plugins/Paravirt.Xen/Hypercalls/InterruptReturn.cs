using System.Runtime.InteropServices;
using Dominion.Cpu.X86;
using Dominion.Paravirt.Xen.Domains;
using Dominion.Paravirt.Xen.Emulation;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>iret: leaves a trap's handler by the frame on the kernel's stack (struct iret_context, xen/include/public/arch-x86/xen-x86_64.h).</summary>
internal static class InterruptReturn
{
    private const ulong InSyscall = 0x100;

    public static long Invoke(PvVcpu vcpu, in HypercallArguments arguments)
    {
        ref X86State state = ref vcpu.Core.State;
        Span<ulong> frame = stackalloc ulong[9];
        if (!vcpu.Guest.TryRead(state.Gpr[(int)X86Register.Rsp], MemoryMarshal.AsBytes(frame)))
        {
            vcpu.Domain.CrashGuest(vcpu, "the frame of its return from a trap cannot be read");
            return 0;
        }

        ulong rax = frame[0], r11 = frame[1], rcx = frame[2], flags = frame[3], rip = frame[4], cs = frame[5], rflags = frame[6], rsp = frame[7], ss = frame[8];
        bool toUser = (cs & 3) == 3;
        if (toUser && !vcpu.TryEnterUser())
        {
            vcpu.Domain.CrashGuest(vcpu, "returns to user mode without a user page table");
            return 0;
        }

        vcpu.AreEventsMasked = (rflags & GuestFlags.Interrupt) == 0;
        ulong realFlags = GuestFlags.Real(rflags);
        state.Rip = rip;
        state.Rflags = realFlags;
        state.Gpr[(int)X86Register.Rsp] = rsp;
        state.Gpr[(int)X86Register.Rax] = rax;
        if ((flags & InSyscall) != 0)
        {
            state.Gpr[(int)X86Register.Rcx] = rip;
            state.Gpr[(int)X86Register.R11] = realFlags;
            SegmentLoader.LoadFlat(ref state);
        }
        else
        {
            state.Gpr[(int)X86Register.Rcx] = rcx;
            state.Gpr[(int)X86Register.R11] = r11;
            if (!vcpu.Segments.TryLoadCodeAndStack((ushort)(cs | 3), (ushort)(ss | 3)))
            {
                vcpu.Delivery.DeliverFailsafe();
                return (long)rax;
            }
        }

        if (!GuestAddress.IsCanonical(rip))
            vcpu.Delivery.DeliverFailsafe();
        return (long)state.Gpr[(int)X86Register.Rax];
    }
}
