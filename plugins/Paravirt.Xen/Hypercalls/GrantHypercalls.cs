using System.Buffers.Binary;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Domains;
using Dominion.Paravirt.Xen.GrantTables;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>grant_table_op (xen/include/public/grant_table.h).</summary>
internal static class GrantHypercalls
{
    public static long Invoke(PvVcpu vcpu, in HypercallArguments arguments)
    {
        ulong address = arguments[1];
        uint count = (uint)arguments[2];
        switch ((GrantCommand)arguments[0])
        {
            case GrantCommand.SetupTable:
                return count == 1 ? SetupTable(vcpu, address) : HypercallTable.Error(XenError.Invalid);
            case GrantCommand.QuerySize:
                return count == 1 ? QuerySize(vcpu, address) : HypercallTable.Error(XenError.Invalid);
            case GrantCommand.SetVersion:
                return SetVersion(vcpu, address);
            case GrantCommand.GetVersion:
                return GetVersion(vcpu, address);
            case GrantCommand.DumpTable:
                return vcpu.Guest.TryRead(address, out ushort _) && vcpu.Guest.TryWrite(address + 2, (ushort)GrantStatus.Okay) ? 0 : HypercallTable.Error(XenError.Fault);
            default:
                return HypercallTable.Error(XenError.NotImplemented);
        }
    }

    private static bool IsSelf(PvVcpu vcpu, ushort domain) => domain == DomainIds.Self || domain == vcpu.Domain.Id;

    private static long SetupTable(PvVcpu vcpu, ulong address)
    {
        Span<byte> request = stackalloc byte[24];
        if (!vcpu.Guest.TryRead(address, request))
            return HypercallTable.Error(XenError.Fault);
        GrantTable grants = vcpu.Domain.Grants;
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(request[4..]);
        GrantStatus status = GrantStatus.Okay;
        if (!IsSelf(vcpu, BinaryPrimitives.ReadUInt16LittleEndian(request)))
            status = GrantStatus.PermissionDenied;
        else if (count > GrantTable.MaximumFrames || !grants.Grow((int)count))
            status = GrantStatus.GeneralError;
        if (status == GrantStatus.Okay)
        {
            ulong list = BinaryPrimitives.ReadUInt64LittleEndian(request[16..]);
            for (int i = 0; i < (int)count; i++)
            {
                if (!vcpu.Guest.TryWrite(list + (8 * (ulong)i), grants.Frame(i)))
                    status = GrantStatus.BadVirtualAddress;
            }
        }

        return vcpu.Guest.TryWrite(address + 8, (ushort)status) ? 0 : HypercallTable.Error(XenError.Fault);
    }

    private static long QuerySize(PvVcpu vcpu, ulong address)
    {
        Span<byte> request = stackalloc byte[16];
        if (!vcpu.Guest.TryRead(address, request))
            return HypercallTable.Error(XenError.Fault);
        GrantStatus status = IsSelf(vcpu, BinaryPrimitives.ReadUInt16LittleEndian(request)) ? GrantStatus.Okay : GrantStatus.PermissionDenied;
        if (status == GrantStatus.Okay)
        {
            BinaryPrimitives.WriteInt32LittleEndian(request[4..], vcpu.Domain.Grants.FrameCount);
            BinaryPrimitives.WriteInt32LittleEndian(request[8..], GrantTable.MaximumFrames);
        }

        BinaryPrimitives.WriteInt16LittleEndian(request[12..], (short)status);
        return vcpu.Guest.TryWrite(address, request) ? 0 : HypercallTable.Error(XenError.Fault);
    }

    /// <summary>Only version 1 is there; the guest is told what it has.</summary>
    private static long SetVersion(PvVcpu vcpu, ulong address)
    {
        if (!vcpu.Guest.TryRead(address, out uint version))
            return HypercallTable.Error(XenError.Fault);
        XenError error = version switch
        {
            1 => XenError.Success,
            2 => XenError.NotImplemented,
            _ => XenError.Invalid,
        };
        return vcpu.Guest.TryWrite(address, 1u) ? HypercallTable.Error(error) : HypercallTable.Error(XenError.Fault);
    }

    private static long GetVersion(PvVcpu vcpu, ulong address)
    {
        if (!vcpu.Guest.TryRead(address, out ushort domain))
            return HypercallTable.Error(XenError.Fault);
        if (!IsSelf(vcpu, domain))
            return HypercallTable.Error(XenError.Perm);
        return vcpu.Guest.TryWrite(address + 4, 1u) ? 0 : HypercallTable.Error(XenError.Fault);
    }
}
