using System.Runtime.InteropServices;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Domains;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.Paging;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>set_gdt and update_descriptor.</summary>
internal static class DescriptorHypercalls
{
    public static long SetGdt(PvVcpu vcpu, in HypercallArguments arguments)
    {
        uint entries = (uint)arguments[1];
        if (entries > VmmDescriptors.GuestEntries)
            return HypercallTable.Error(XenError.Invalid);
        ulong[] frames = new ulong[(entries + 511) / 512];
        return vcpu.Guest.TryRead(arguments[0], MemoryMarshal.AsBytes(frames.AsSpan()))
            ? HypercallTable.Error(vcpu.Descriptors.SetGdt(frames))
            : HypercallTable.Error(XenError.Fault);
    }

    /// <summary>Writes one descriptor, by its machine address, into a page that is used for descriptors or may become so.</summary>
    public static long UpdateDescriptor(PvVcpu vcpu, in HypercallArguments arguments)
    {
        ulong address = arguments[0];
        ulong descriptor = arguments[1];
        if ((address & 7) != 0 || !DescriptorRules.TryFix(ref descriptor))
            return HypercallTable.Error(XenError.Invalid);
        PvDomain domain = vcpu.Domain;
        ulong mfn = address >> FrameRange.FrameShift;
        using (domain.PagingLock.EnterScope())
        {
            if (!domain.Types.Owns(mfn))
                return HypercallTable.Error(XenError.Invalid);
            FrameInfo frame = domain.Hypervisor.Frames[mfn];
            FrameType type = frame is { TypeCount: > 0, Type: FrameType.Descriptors } ? FrameType.Descriptors : FrameType.Writable;
            XenError error = domain.Types.GetAs(mfn, type);
            if (error != XenError.Success)
                return HypercallTable.Error(XenError.Invalid);
            Write(domain, address, descriptor);
            domain.Types.PutAs(mfn);
        }

        return 0;
    }

    private static unsafe void Write(PvDomain domain, ulong address, ulong descriptor)
    {
        Volatile.Write(ref *(ulong*)(domain.Hypervisor.Frames.Memory.Base + address), descriptor);
        domain.Hypervisor.Frames.Memory.NotifyWrite(address, sizeof(ulong));
    }
}
