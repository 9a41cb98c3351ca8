using System.Buffers.Binary;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Domains;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>physdev_op: the I/O privilege level and bitmap. What touches devices is refused: a guest domain has none.</summary>
internal static class PhysicalDeviceHypercalls
{
    private const int IrqStatusQuery = 5;
    private const int SetIopl = 6;
    private const int SetIoBitmap = 7;

    public static long Invoke(PvVcpu vcpu, in HypercallArguments arguments)
    {
        switch (arguments[0])
        {
            case SetIopl:
                if (!vcpu.Guest.TryRead(arguments[1], out uint level))
                    return HypercallTable.Error(XenError.Fault);
                if (level > 3)
                    return HypercallTable.Error(XenError.Invalid);
                vcpu.IoPrivilege = (int)level;
                return 0;
            case SetIoBitmap:
                Span<byte> request = stackalloc byte[16];
                if (!vcpu.Guest.TryRead(arguments[1], request))
                    return HypercallTable.Error(XenError.Fault);
                uint ports = BinaryPrimitives.ReadUInt32LittleEndian(request[8..]);
                if (ports > 65536)
                    return HypercallTable.Error(XenError.Invalid);
                vcpu.IoBitmap = BinaryPrimitives.ReadUInt64LittleEndian(request);
                vcpu.IoBitmapPorts = (int)ports;
                return 0;
            case IrqStatusQuery:
                return HypercallTable.Error(XenError.Invalid);
            default:
                return HypercallTable.Error(arguments[0] <= 32 ? XenError.Perm : XenError.NotImplemented);
        }
    }
}
