using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Domains;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>sched_op (xen/include/public/sched.h).</summary>
internal static class SchedulerHypercalls
{
    private const int Yield = 0;
    private const int Block = 1;
    private const int Shutdown = 2;
    private const int Poll = 3;
    private const int ShutdownCode = 5;
    private const int Watchdog = 6;
    private const int MaximumPollPorts = 128;

    public static long Invoke(PvVcpu vcpu, in HypercallArguments arguments)
    {
        switch (arguments[0])
        {
            case Yield:
                vcpu.Yield();
                return 0;
            case Block:
                vcpu.Block();
                return 0;
            case Shutdown:
                if (!vcpu.Guest.TryRead(arguments[1], out uint reason))
                    return HypercallTable.Error(XenError.Fault);
                return HypercallTable.Error(vcpu.Domain.Shutdown(vcpu, reason));
            case Poll:
                return HypercallTable.Error(PollPorts(vcpu, arguments[1]));
            case ShutdownCode:
                return vcpu.Guest.TryRead(arguments[1], out uint _) ? 0 : HypercallTable.Error(XenError.Fault);
            case Watchdog:
                return vcpu.Guest.TryRead(arguments[1], out ulong watchdog)
                    ? vcpu.Domain.Watchdogs.Set((uint)watchdog, (uint)(watchdog >> 32))
                    : HypercallTable.Error(XenError.Fault);
            default:
                return HypercallTable.Error(XenError.NotImplemented);
        }
    }

    private static XenError PollPorts(PvVcpu vcpu, ulong address)
    {
        Span<byte> request = stackalloc byte[24];
        if (!vcpu.Guest.TryRead(address, request))
            return XenError.Fault;
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(request[8..]);
        if (count > MaximumPollPorts)
            return XenError.Invalid;
        uint[] ports = new uint[count];
        if (!vcpu.Guest.TryRead(BinaryPrimitives.ReadUInt64LittleEndian(request), MemoryMarshal.AsBytes(ports.AsSpan())))
            return XenError.Fault;
        foreach (uint port in ports)
        {
            if (!vcpu.Domain.Channels.IsValid(port))
                return XenError.Invalid;
        }

        vcpu.Poll(ports, BinaryPrimitives.ReadUInt64LittleEndian(request[16..]));
        return XenError.Success;
    }
}
