using System.Buffers.Binary;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Domains;
using Dominion.Paravirt.Xen.EventChannels;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>event_channel_op (xen/include/public/event_channel.h).</summary>
internal static class EventChannelHypercalls
{
    public static long Invoke(PvVcpu vcpu, in HypercallArguments arguments)
    {
        ulong address = arguments[1];
        return HypercallTable.Error((EventChannelCommand)arguments[0] switch
        {
            EventChannelCommand.BindInterdomain => BindInterdomain(vcpu, address),
            EventChannelCommand.BindVirq => BindVirq(vcpu, address),
            EventChannelCommand.BindPirq => XenError.Perm,
            EventChannelCommand.Close => WithPort(vcpu, address, vcpu.Domain.Channels.Close),
            EventChannelCommand.Send => WithPort(vcpu, address, vcpu.Domain.Channels.Send),
            EventChannelCommand.Status => Status(vcpu, address),
            EventChannelCommand.AllocateUnbound => AllocateUnbound(vcpu, address),
            EventChannelCommand.BindIpi => BindIpi(vcpu, address),
            EventChannelCommand.BindVcpu => WithTwo(vcpu, address, (port, target) => vcpu.Domain.Channels.BindVcpu(port, (int)Math.Min(target, int.MaxValue))),
            EventChannelCommand.Unmask => WithPort(vcpu, address, vcpu.Domain.Channels.Unmask),
            EventChannelCommand.Reset => Reset(vcpu, address),
            EventChannelCommand.InitControl => InitControl(vcpu, address),
            EventChannelCommand.ExpandArray => vcpu.Guest.TryRead(address, out ulong frame) ? vcpu.Domain.ExpandEventArray(frame) : XenError.Fault,
            EventChannelCommand.SetPriority => WithTwo(vcpu, address, vcpu.Domain.Channels.SetPriority),
            _ => XenError.NotImplemented,
        });
    }

    private static XenError WithPort(PvVcpu vcpu, ulong address, Func<uint, XenError> action) =>
        vcpu.Guest.TryRead(address, out uint port) ? action(port) : XenError.Fault;

    private static XenError WithTwo(PvVcpu vcpu, ulong address, Func<uint, uint, XenError> action) =>
        vcpu.Guest.TryRead(address, out ulong both) ? action((uint)both, (uint)(both >> 32)) : XenError.Fault;

    private static XenError AllocateUnbound(PvVcpu vcpu, ulong address)
    {
        Span<byte> request = stackalloc byte[4];
        if (!vcpu.Guest.TryRead(address, request))
            return XenError.Fault;
        ushort domain = BinaryPrimitives.ReadUInt16LittleEndian(request);
        ushort remote = BinaryPrimitives.ReadUInt16LittleEndian(request[2..]);
        if (domain != DomainIds.Self && domain != vcpu.Domain.Id)
            return vcpu.Domain.Hypervisor.FindChannels(domain) is null ? XenError.NoSuchProcess : XenError.Perm;
        XenError error = vcpu.Domain.Channels.AllocateUnbound(remote == DomainIds.Self ? vcpu.Domain.Id : remote, out uint port);
        return Answer(vcpu, vcpu.Domain.Channels, address + 4, port, error);
    }

    private static XenError BindInterdomain(PvVcpu vcpu, ulong address)
    {
        Span<byte> request = stackalloc byte[8];
        if (!vcpu.Guest.TryRead(address, request))
            return XenError.Fault;
        ushort domain = BinaryPrimitives.ReadUInt16LittleEndian(request);
        domain = domain == DomainIds.Self ? vcpu.Domain.Id : domain;
        XenError error = vcpu.Domain.Channels.BindInterdomain(
            vcpu.Domain.Hypervisor.FindChannels(domain), domain, BinaryPrimitives.ReadUInt32LittleEndian(request[4..]), out uint port);
        return Answer(vcpu, vcpu.Domain.Channels, address + 8, port, error);
    }

    private static XenError BindVirq(PvVcpu vcpu, ulong address)
    {
        if (!vcpu.Guest.TryRead(address, out ulong request))
            return XenError.Fault;
        XenError error = vcpu.Domain.Channels.BindVirq((uint)request, (int)Math.Min((uint)(request >> 32), int.MaxValue), out uint port);
        return Answer(vcpu, vcpu.Domain.Channels, address + 8, port, error);
    }

    private static XenError BindIpi(PvVcpu vcpu, ulong address)
    {
        if (!vcpu.Guest.TryRead(address, out uint target))
            return XenError.Fault;
        XenError error = vcpu.Domain.Channels.BindIpi((int)Math.Min(target, int.MaxValue), out uint port);
        return Answer(vcpu, vcpu.Domain.Channels, address + 4, port, error);
    }

    /// <summary>Tells the guest its new port, or takes the port back.</summary>
    private static XenError Answer(PvVcpu vcpu, EventChannelTable channels, ulong address, uint port, XenError error)
    {
        if (error != XenError.Success || vcpu.Guest.TryWrite(address, port))
            return error;
        channels.Close(port);
        return XenError.Fault;
    }

    private static XenError Status(PvVcpu vcpu, ulong address)
    {
        Span<byte> request = stackalloc byte[24];
        if (!vcpu.Guest.TryRead(address, request))
            return XenError.Fault;
        ushort domain = BinaryPrimitives.ReadUInt16LittleEndian(request);
        if (domain != DomainIds.Self && domain != vcpu.Domain.Id)
            return vcpu.Domain.Hypervisor.FindChannels(domain) is null ? XenError.NoSuchProcess : XenError.Perm;
        if (vcpu.Domain.Channels.GetStatus(BinaryPrimitives.ReadUInt32LittleEndian(request[4..])) is not { } status)
            return XenError.Invalid;
        BinaryPrimitives.WriteUInt32LittleEndian(request[8..], (uint)status.State);
        BinaryPrimitives.WriteUInt32LittleEndian(request[12..], status.Vcpu);
        switch (status.State)
        {
            case ChannelState.Unbound:
                BinaryPrimitives.WriteUInt16LittleEndian(request[16..], status.RemoteDomain);
                break;
            case ChannelState.Interdomain:
                BinaryPrimitives.WriteUInt16LittleEndian(request[16..], status.RemoteDomain);
                BinaryPrimitives.WriteUInt32LittleEndian(request[20..], status.RemotePort);
                break;
            case ChannelState.VirtualIrq:
                BinaryPrimitives.WriteUInt32LittleEndian(request[16..], status.Virq);
                break;
        }

        return vcpu.Guest.TryWrite(address, request) ? XenError.Success : XenError.Fault;
    }

    private static XenError Reset(PvVcpu vcpu, ulong address)
    {
        Span<byte> request = stackalloc byte[2];
        if (!vcpu.Guest.TryRead(address, request))
            return XenError.Fault;
        ushort domain = BinaryPrimitives.ReadUInt16LittleEndian(request);
        if (domain != DomainIds.Self && domain != vcpu.Domain.Id)
            return vcpu.Domain.Hypervisor.FindChannels(domain) is null ? XenError.NoSuchProcess : XenError.Perm;
        vcpu.Domain.ResetEventChannels();
        return XenError.Success;
    }

    private static XenError InitControl(PvVcpu vcpu, ulong address)
    {
        Span<byte> request = stackalloc byte[24];
        if (!vcpu.Guest.TryRead(address, request))
            return XenError.Fault;
        XenError error = vcpu.Domain.InitializeEventControl(
            BinaryPrimitives.ReadUInt64LittleEndian(request),
            BinaryPrimitives.ReadUInt32LittleEndian(request[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(request[12..]));
        if (error != XenError.Success)
            return error;
        return vcpu.Guest.TryWrite(address + 16, (ulong)FifoEventQueues.LinkBits) ? XenError.Success : XenError.Fault;
    }
}
