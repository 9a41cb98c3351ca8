using Dominion.Cpu.X86;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Domains;

namespace Dominion.Paravirt.Xen.Emulation;

/// <summary>Emulates the instructions that a kernel executes as if it were at privilege level 0.</summary>
/// <param name="vcpu">The vCPU.</param>
internal sealed class PrivilegedInstructions(PvVcpu vcpu)
{
    private static ReadOnlySpan<byte> ForcedCpuid => [0x0F, 0x0B, (byte)'x', (byte)'e', (byte)'n', 0x0F, 0xA2];

    /// <summary>Emulates the instruction that raised #GP(0).</summary>
    /// <returns>False when the guest is to get the exception.</returns>
    public bool TryEmulate()
    {
        if (!vcpu.Core.TryDescribeInstruction(out X86InterceptInfo info))
            return false;
        if (info.Intercept == X86Intercept.PortAccess)
            return TryPort(info);
        if (!vcpu.IsKernel || !TryEmulate(info))
            return false;
        vcpu.Core.State.Rip += info.InstructionLength;
        return true;
    }

    /// <summary>Emulates CPUID behind the prefix that forces it: UD2 and "xen" (xen/include/public/arch-x86/xen.h, XEN_EMULATE_PREFIX).</summary>
    /// <returns>False when the instruction at RIP is something else.</returns>
    public bool TryForcedEmulation()
    {
        Span<byte> bytes = stackalloc byte[7];
        ref X86State state = ref vcpu.Core.State;
        if (!vcpu.Guest.TryRead(state.Rip, bytes) || !bytes.SequenceEqual(ForcedCpuid))
            return false;
        state.Rip += (ulong)ForcedCpuid.Length;
        Cpuid();
        return true;
    }

    /// <summary>Sets the registers as CPUID does for a guest.</summary>
    public void Cpuid()
    {
        ref X86State state = ref vcpu.Core.State;
        X86CpuidResult result = vcpu.Domain.Cpuid.Get(vcpu, (uint)state.Gpr[(int)X86Register.Rax], (uint)state.Gpr[(int)X86Register.Rcx]);
        state.Gpr[(int)X86Register.Rax] = result.Eax;
        state.Gpr[(int)X86Register.Rbx] = result.Ebx;
        state.Gpr[(int)X86Register.Rcx] = result.Ecx;
        state.Gpr[(int)X86Register.Rdx] = result.Edx;
    }

    private bool TryEmulate(in X86InterceptInfo info)
    {
        ref X86State state = ref vcpu.Core.State;
        switch (info.Intercept)
        {
            case X86Intercept.Cli or X86Intercept.Sti:
                // The interrupt flag of a deprivileged kernel is the mask in vcpu_info; these change nothing where they are allowed.
                return vcpu.IoPrivilege >= 1;
            case X86Intercept.Invd or X86Intercept.Wbinvd:
                return true;
            case X86Intercept.Clts:
                vcpu.SetTaskSwitched(false);
                return true;
            case X86Intercept.ReadMsr:
                if (!vcpu.Msrs.TryRead(info.Operand, out ulong value))
                    return false;
                state.Gpr[(int)X86Register.Rax] = (uint)value;
                state.Gpr[(int)X86Register.Rdx] = value >> 32;
                return true;
            case X86Intercept.WriteMsr:
                return vcpu.Msrs.TryWrite(info.Operand, info.Value);
            case X86Intercept.ReadControlRegister:
                return TryReadControl(info);
            case X86Intercept.WriteControlRegister:
                return TryWriteControl(info);
            case X86Intercept.ReadDebugRegister:
                if (!DebugRegisterRules.TryRead(ref state, (int)info.Operand, out ulong debug))
                    return false;
                state.Gpr[(int)info.Register] = debug;
                return true;
            case X86Intercept.WriteDebugRegister:
                return DebugRegisterRules.Write(ref state, (int)info.Operand, info.Value) == Abi.XenError.Success;
            case X86Intercept.Xsetbv:
                return vcpu.TrySetXcr0(info.Operand, info.Value);
            default:
                return false;
        }
    }

    private bool TryReadControl(in X86InterceptInfo info)
    {
        ulong? value = info.Operand switch
        {
            0 => vcpu.GuestCr0,
            2 => vcpu.GuestCr2,
            3 => vcpu.KernelRoot << FrameRange.FrameShift,
            4 => vcpu.GuestCr4,
            _ => null,
        };
        if (value is not { } known)
            return false;
        vcpu.Core.State.Gpr[(int)info.Register] = known;
        return true;
    }

    private bool TryWriteControl(in X86InterceptInfo info)
    {
        switch (info.Operand)
        {
            case 0:
                const ulong TaskSwitched = 8;
                if (((info.Value ^ vcpu.GuestCr0) & ~TaskSwitched) != 0)
                    return false;
                vcpu.SetTaskSwitched((info.Value & TaskSwitched) != 0);
                return true;
            case 2:
                vcpu.GuestCr2 = info.Value;
                return true;
            case 3:
                return vcpu.SetKernelRoot(info.Value >> FrameRange.FrameShift) == Abi.XenError.Success;
            case 4:
                vcpu.GuestCr4 = info.Value;
                return true;
            default:
                return false;
        }
    }

    private bool TryPort(in X86InterceptInfo info)
    {
        if (!MayAccess((ushort)info.Operand, info.Width))
            return false;
        ref X86State state = ref vcpu.Core.State;
        if (info.IsString)
            return false;
        if (!info.IsWrite)
        {
            // A guest domain has no devices: nobody answers, and what is written is lost.
            ulong value = ulong.MaxValue >> (64 - (8 * info.Width));
            ref ulong rax = ref state.Gpr[(int)X86Register.Rax];
            rax = info.Width == 4 ? value : rax | value;
        }

        state.Rip += info.InstructionLength;
        return true;
    }

    /// <summary>The kernel may by its I/O privilege level, others by the bitmap in the guest's memory.</summary>
    private bool MayAccess(ushort port, int width)
    {
        if (vcpu.IoPrivilege >= (vcpu.IsKernel ? 1 : 3))
            return true;
        if (vcpu.IoBitmap == 0 || port + width > vcpu.IoBitmapPorts)
            return false;
        Span<byte> bits = stackalloc byte[2];
        if (!vcpu.Guest.TryRead(vcpu.IoBitmap + (ulong)(port / 8), bits[..1]))
            return false;
        if ((port & 7) + width > 8 && !vcpu.Guest.TryRead(vcpu.IoBitmap + (ulong)(port / 8) + 1, bits[1..]))
            return false;
        int mask = ((1 << width) - 1) << (port & 7);
        return ((bits[0] | (bits[1] << 8)) & mask) == 0;
    }
}
