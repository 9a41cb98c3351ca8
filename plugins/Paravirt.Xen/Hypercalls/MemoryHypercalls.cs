using System.Buffers.Binary;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Domains;
using Dominion.Paravirt.Xen.Memory;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>memory_op (xen/include/public/memory.h): reservations, the memory map, the machine-to-physical table's place.</summary>
internal static class MemoryHypercalls
{
    private const int CommandBits = 6;
    private const int ReservationSize = 32;

    public static long Invoke(PvVcpu vcpu, in HypercallArguments arguments)
    {
        ulong address = arguments[1];
        ulong start = arguments[0] >> CommandBits;
        PvDomain domain = vcpu.Domain;
        switch ((MemoryCommand)(arguments[0] & ((1 << CommandBits) - 1)))
        {
            case MemoryCommand.IncreaseReservation:
                return Change(vcpu, address, start, (list, i) => Increase(vcpu, list, i));
            case MemoryCommand.DecreaseReservation:
                return Change(vcpu, address, start, (list, i) => Decrease(vcpu, list, i));
            case MemoryCommand.PopulatePhysmap:
                return Change(vcpu, address, start, (list, i) => Populate(vcpu, list, i));
            case MemoryCommand.MaximumRamPage:
                return (long)domain.Hypervisor.Frames.Count - 1;
            case MemoryCommand.CurrentReservation:
                return OfSelf(vcpu, address, (long)domain.PageCount);
            case MemoryCommand.MaximumReservation:
                return OfSelf(vcpu, address, (long)domain.MaximumPages);
            case MemoryCommand.MachphysMapping:
                Span<ulong> mapping = [MachineToPhysical.VirtualStart, MachineToPhysical.VirtualStart + (domain.Hypervisor.Frames.Count * 8), domain.Hypervisor.Frames.Count - 1];
                return vcpu.Guest.TryWrite(address, System.Runtime.InteropServices.MemoryMarshal.AsBytes(mapping)) ? 0 : HypercallTable.Error(XenError.Fault);
            case MemoryCommand.MemoryMap:
                return MemoryMap(vcpu, address);
            case MemoryCommand.MachineMemoryMap or MemoryCommand.SetMemoryMap:
                return HypercallTable.Error(XenError.Perm);
            case MemoryCommand.Exchange:
                // A list of frames for another, as a domain with devices needs for contiguous memory.
                return HypercallTable.Error(XenError.NotImplemented);
            default:
                return HypercallTable.Error(XenError.NotImplemented);
        }
    }

    private static long OfSelf(PvVcpu vcpu, ulong address, long value)
    {
        if (!vcpu.Guest.TryRead(address, out ushort domain))
            return HypercallTable.Error(XenError.Fault);
        return domain == DomainIds.Self || domain == vcpu.Domain.Id ? value : HypercallTable.Error(XenError.Perm);
    }

    private static long Change(PvVcpu vcpu, ulong address, ulong start, Func<ulong, ulong, bool> change)
    {
        Span<byte> request = stackalloc byte[ReservationSize];
        if (!vcpu.Guest.TryRead(address, request))
            return (long)start;
        ulong list = BinaryPrimitives.ReadUInt64LittleEndian(request);
        ulong count = BinaryPrimitives.ReadUInt64LittleEndian(request[8..]);
        uint order = BinaryPrimitives.ReadUInt32LittleEndian(request[16..]);
        ushort domain = BinaryPrimitives.ReadUInt16LittleEndian(request[24..]);
        if (domain != DomainIds.Self && domain != vcpu.Domain.Id)
            return (long)start;

        // Larger extents are for those who can choose the machine's addresses.
        if (order != 0)
            return (long)start;
        ulong done = start;
        using (vcpu.Domain.PagingLock.EnterScope())
        {
            while (done < count && change(list, done))
                done++;
        }

        return (long)done;
    }

    private static bool Increase(PvVcpu vcpu, ulong list, ulong index)
    {
        if (!vcpu.Domain.TryAddPage(out ulong mfn))
            return false;
        if (list == 0 || vcpu.Guest.TryWrite(list + (8 * index), mfn))
            return true;
        vcpu.Domain.TryRemovePage(mfn);
        return false;
    }

    private static bool Decrease(PvVcpu vcpu, ulong list, ulong index) =>
        vcpu.Guest.TryRead(list + (8 * index), out ulong mfn) && vcpu.Domain.TryRemovePage(mfn);

    private static bool Populate(PvVcpu vcpu, ulong list, ulong index)
    {
        if (!vcpu.Guest.TryRead(list + (8 * index), out ulong pfn) || !vcpu.Domain.TryAddPage(out ulong mfn))
            return false;
        vcpu.Domain.Hypervisor.MachineToPhysical[mfn] = pfn;
        if (vcpu.Guest.TryWrite(list + (8 * index), mfn))
            return true;
        vcpu.Domain.TryRemovePage(mfn);
        return false;
    }

    /// <summary>XENMEM_memory_map: one range of RAM, in the BIOS's format.</summary>
    private static long MemoryMap(PvVcpu vcpu, ulong address)
    {
        const uint Ram = 1;
        Span<byte> request = stackalloc byte[16];
        if (!vcpu.Guest.TryRead(address, request))
            return HypercallTable.Error(XenError.Fault);
        if (BinaryPrimitives.ReadUInt32LittleEndian(request) < 1)
            return HypercallTable.Error(XenError.Invalid);
        Span<byte> entry = stackalloc byte[20];
        entry.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], vcpu.Domain.MaximumPages << FrameRange.FrameShift);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], Ram);
        bool written = vcpu.Guest.TryWrite(BinaryPrimitives.ReadUInt64LittleEndian(request[8..]), entry) && vcpu.Guest.TryWrite(address, 1u);
        return written ? 0 : HypercallTable.Error(XenError.Fault);
    }
}
