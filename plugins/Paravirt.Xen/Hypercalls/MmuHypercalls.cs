using Dominion.Cpu.X86;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Domains;
using Dominion.Paravirt.Xen.Memory;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>mmu_update and update_va_mapping.</summary>
internal static class MmuHypercalls
{
    private const uint Preempted = 0x8000_0000;
    private const ulong Normal = 0;
    private const ulong MachineToPhysical = 1;
    private const ulong PreserveFlags = 2;
    private const ulong NoTranslate = 3;
    private const ulong FlushTypeMask = 3;
    private const ulong FlushAll = 1;
    private const ulong FlushPage = 2;

    public static long Update(PvVcpu vcpu, in HypercallArguments arguments)
    {
        uint count = (uint)arguments[1] & ~Preempted;
        ulong address = arguments[0];
        uint done = 0;
        XenError error = vcpu.Domain.CheckForeign((uint)arguments[3]);
        Span<ulong> request = stackalloc ulong[2];
        if (error == XenError.Success)
        {
            using (vcpu.Domain.PagingLock.EnterScope())
            {
                for (; done < count; done++, address += 16)
                {
                    error = vcpu.Guest.TryRead(address, System.Runtime.InteropServices.MemoryMarshal.AsBytes(request)) ? Apply(vcpu, request[0], request[1]) : XenError.Fault;
                    if (error != XenError.Success)
                        break;
                }
            }
        }

        if (arguments[2] != 0 && !vcpu.Guest.TryWrite(arguments[2], done))
            error = XenError.Fault;
        return HypercallTable.Error(error);
    }

    private static XenError Apply(PvVcpu vcpu, ulong pointer, ulong value)
    {
        PvDomain domain = vcpu.Domain;
        ulong command = pointer & 7;
        pointer &= ~7UL;
        switch (command)
        {
            case Normal or PreserveFlags or NoTranslate:
                return domain.Updates.Write(pointer, value, command == PreserveFlags);
            case MachineToPhysical:
                ulong mfn = pointer >> FrameRange.FrameShift;
                if (!domain.Types.Owns(mfn))
                    return XenError.Invalid;
                domain.Hypervisor.MachineToPhysical[mfn] = value;
                return XenError.Success;
            default:
                return XenError.NotImplemented;
        }
    }

    public static long UpdateMapping(PvVcpu vcpu, in HypercallArguments arguments)
    {
        ulong linear = arguments[0];
        ulong flags = arguments[2];
        PvDomain domain = vcpu.Domain;
        XenError error;
        using (domain.PagingLock.EnterScope())
        {
            error = domain.Tables.TryFindLeaf(vcpu.KernelRoot, linear, out ulong slot)
                ? domain.Updates.WriteLeaf(slot, arguments[1])
                : XenError.Invalid;
        }

        XenError flushed = Flush(vcpu, linear, flags);
        return HypercallTable.Error(error != XenError.Success ? error : flushed);
    }

    private static XenError Flush(PvVcpu vcpu, ulong linear, ulong flags)
    {
        ulong kind = flags & FlushTypeMask;
        ulong where = flags & ~FlushTypeMask;
        if (kind is not (FlushAll or FlushPage))
            return XenError.Success;
        ulong? page = kind == FlushPage ? linear : null;
        switch (where)
        {
            case 0:
                vcpu.FlushLocal(page);
                return XenError.Success;
            case 4:
                vcpu.Domain.Flush(page, vcpus: null);
                return XenError.Success;
            default:
                if (!MmuExtendedHypercalls.TryReadMask(vcpu, where, out ulong[]? mask))
                    return XenError.Fault;
                vcpu.Domain.Flush(page, mask);
                return XenError.Success;
        }
    }
}
