using System.Buffers.Binary;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Domains;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>vcpu_op (xen/include/public/vcpu.h).</summary>
internal static class VcpuHypercalls
{
    private const ulong ShortestPeriod = 1_000_000;
    private const uint FutureFlag = 1;

    public static long Invoke(PvVcpu vcpu, in HypercallArguments arguments)
    {
        PvDomain domain = vcpu.Domain;
        ulong index = arguments[1];
        ulong address = arguments[2];
        if (index >= (ulong)domain.VcpuCount)
            return HypercallTable.Error(XenError.NoEntry);
        PvVcpu target = domain.Pv[(int)index];
        switch ((VcpuCommand)arguments[0])
        {
            case VcpuCommand.Initialise:
                return HypercallTable.Error(Initialise(vcpu, target, address));
            case VcpuCommand.Up:
                if (!target.IsInitialised)
                    return HypercallTable.Error(XenError.Invalid);
                target.SetOnline(true);
                return 0;
            case VcpuCommand.Down:
                target.SetOnline(false);
                return 0;
            case VcpuCommand.IsUp:
                return target.IsOnline ? 1 : 0;
            case VcpuCommand.GetRunstate:
                Span<byte> info = stackalloc byte[RunstateClock.Size];
                target.Runstate.Write(info);
                return vcpu.Guest.TryWrite(address, info) ? 0 : HypercallTable.Error(XenError.Fault);
            case VcpuCommand.RegisterRunstateArea:
                if (!vcpu.Guest.TryRead(address, out ulong area))
                    return HypercallTable.Error(XenError.Fault);
                target.RunstateArea = area;
                if (target == vcpu)
                    target.UpdateRunstateArea();
                return 0;
            case VcpuCommand.SetPeriodicTimer:
                if (!vcpu.Guest.TryRead(address, out ulong period))
                    return HypercallTable.Error(XenError.Fault);
                if (period < ShortestPeriod || period > long.MaxValue)
                    return HypercallTable.Error(XenError.Invalid);
                target.Timers.SetPeriodic((long)period);
                return 0;
            case VcpuCommand.StopPeriodicTimer:
                target.Timers.StopPeriodic();
                return 0;
            case VcpuCommand.SetSingleShotTimer:
                return SetSingleShot(vcpu, target, address);
            case VcpuCommand.StopSingleShotTimer:
                if (target != vcpu)
                    return HypercallTable.Error(XenError.Invalid);
                target.Timers.StopSingleShot();
                return 0;
            case VcpuCommand.RegisterInfo:
                Span<byte> place = stackalloc byte[16];
                if (!vcpu.Guest.TryRead(address, place))
                    return HypercallTable.Error(XenError.Fault);
                return HypercallTable.Error(target.RegisterInfo(BinaryPrimitives.ReadUInt64LittleEndian(place), BinaryPrimitives.ReadUInt32LittleEndian(place[8..])));
            case VcpuCommand.SendNmi:
                target.SendNmi();
                return 0;
            case VcpuCommand.RegisterTimeArea:
                if (!vcpu.Guest.TryRead(address, out ulong time))
                    return HypercallTable.Error(XenError.Fault);
                target.TimeArea = time;
                target.UpdateTimeArea();
                return 0;
            case VcpuCommand.GetPhysicalId:
                return HypercallTable.Error(XenError.Invalid);
            default:
                return HypercallTable.Error(XenError.NotImplemented);
        }
    }

    private static XenError Initialise(PvVcpu vcpu, PvVcpu target, ulong address)
    {
        byte[] context = new byte[vcpu.Domain.Layout.GuestContextSize];
        if (!vcpu.Guest.TryRead(address, context))
            return XenError.Fault;
        return target.IsInitialised ? XenError.Exists : target.Initialise(context);
    }

    private static long SetSingleShot(PvVcpu vcpu, PvVcpu target, ulong address)
    {
        if (target != vcpu)
            return HypercallTable.Error(XenError.Invalid);
        Span<byte> request = stackalloc byte[16];
        if (!vcpu.Guest.TryRead(address, request))
            return HypercallTable.Error(XenError.Fault);
        ulong deadline = BinaryPrimitives.ReadUInt64LittleEndian(request);
        bool future = (BinaryPrimitives.ReadUInt32LittleEndian(request[8..]) & FutureFlag) != 0;
        if (future && deadline < (ulong)target.Domain.SystemTime)
            return HypercallTable.Error(XenError.Time);
        target.Timers.SetSingleShot((long)Math.Min(deadline, long.MaxValue));
        return 0;
    }
}
