using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Domains;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.Paging;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>mmuext_op: pinning, base pointers, flushes, LDT, whole pages.</summary>
internal static class MmuExtendedHypercalls
{
    private const int RequestSize = 24;
    private const uint Preempted = 0x8000_0000;

    public static long Invoke(PvVcpu vcpu, in HypercallArguments arguments)
    {
        uint count = (uint)arguments[1] & ~Preempted;
        ulong address = arguments[0];
        uint done = 0;
        XenError error = vcpu.Domain.CheckForeign((ushort)arguments[3]);
        Span<byte> request = stackalloc byte[RequestSize];
        while (error == XenError.Success && done < count)
        {
            error = vcpu.Guest.TryRead(address, request)
                ? Apply(
                    vcpu,
                    (MmuExtendedCommand)BinaryPrimitives.ReadUInt32LittleEndian(request),
                    BinaryPrimitives.ReadUInt64LittleEndian(request[8..]),
                    BinaryPrimitives.ReadUInt64LittleEndian(request[16..]))
                : XenError.Fault;
            if (error != XenError.Success)
                break;
            done++;
            address += RequestSize;
        }

        if (arguments[2] != 0 && !vcpu.Guest.TryWrite(arguments[2], done))
            error = XenError.Fault;
        return HypercallTable.Error(error);
    }

    /// <summary>Reads a mask of vCPUs.</summary>
    /// <returns>False when the guest's pointer is bad.</returns>
    public static bool TryReadMask(PvVcpu vcpu, ulong address, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ulong[]? mask)
    {
        mask = new ulong[(vcpu.Domain.VcpuCount + 63) / 64];
        if (vcpu.Guest.TryRead(address, MemoryMarshal.AsBytes(mask.AsSpan())[..((vcpu.Domain.VcpuCount + 7) / 8)]))
            return true;
        mask = null;
        return false;
    }

    private static XenError Apply(PvVcpu vcpu, MmuExtendedCommand command, ulong first, ulong second)
    {
        PvDomain domain = vcpu.Domain;
        switch (command)
        {
            case MmuExtendedCommand.PinL1 or MmuExtendedCommand.PinL2 or MmuExtendedCommand.PinL3 or MmuExtendedCommand.PinL4:
                using (domain.PagingLock.EnterScope())
                    return domain.Types.Pin(first, (FrameType)((int)FrameType.L1 + (int)command));
            case MmuExtendedCommand.Unpin:
                using (domain.PagingLock.EnterScope())
                    return domain.Types.Unpin(first);
            case MmuExtendedCommand.NewBase:
                return vcpu.SetKernelRoot(first);
            case MmuExtendedCommand.NewUserBase:
                return vcpu.SetUserRoot(first);
            case MmuExtendedCommand.FlushLocal:
                vcpu.FlushLocal(null);
                return XenError.Success;
            case MmuExtendedCommand.InvalidateLocal:
                vcpu.FlushLocal(first);
                return XenError.Success;
            case MmuExtendedCommand.FlushMulti or MmuExtendedCommand.InvalidateMulti:
                if (!TryReadMask(vcpu, second, out ulong[]? mask))
                    return XenError.Invalid;
                domain.Flush(command == MmuExtendedCommand.FlushMulti ? null : first, mask);
                return XenError.Success;
            case MmuExtendedCommand.FlushAll:
                domain.Flush(null, null);
                return XenError.Success;
            case MmuExtendedCommand.InvalidateAll:
                domain.Flush(first, null);
                return XenError.Success;
            case MmuExtendedCommand.FlushCache or MmuExtendedCommand.FlushCacheGlobal:
                // Only a domain with devices of its own may.
                return XenError.Access;
            case MmuExtendedCommand.SetLdt:
                return vcpu.Descriptors.SetLdt(first, (uint)second);
            case MmuExtendedCommand.ClearPage:
                using (domain.PagingLock.EnterScope())
                    return Fill(domain, first, null);
            case MmuExtendedCommand.CopyPage:
                using (domain.PagingLock.EnterScope())
                    return domain.Types.Owns(second) ? Fill(domain, first, second) : XenError.Invalid;
            default:
                return XenError.NotImplemented;
        }
    }

    private static unsafe XenError Fill(PvDomain domain, ulong mfn, ulong? source)
    {
        XenError error = domain.Types.GetAs(mfn, FrameType.Writable);
        if (error != XenError.Success)
            return XenError.Invalid;
        Span<byte> page = new(domain.Hypervisor.Frames.Page(mfn), FrameRange.FrameSize);
        if (source is { } from)
            new ReadOnlySpan<byte>(domain.Hypervisor.Frames.Page(from), FrameRange.FrameSize).CopyTo(page);
        else
            page.Clear();
        domain.Hypervisor.Frames.Memory.NotifyWrite(mfn << FrameRange.FrameShift, FrameRange.FrameSize);
        domain.Types.PutAs(mfn);
        return XenError.Success;
    }
}
