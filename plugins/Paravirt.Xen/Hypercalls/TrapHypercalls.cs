using System.Buffers.Binary;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Domains;
using Dominion.Paravirt.Xen.Emulation;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>set_trap_table, stack_switch, callback_op, nmi_op.</summary>
internal static class TrapHypercalls
{
    private const int Register = 0;
    private const int Unregister = 1;
    private const ushort MaskEvents = 1;

    public static long SetTrapTable(PvVcpu vcpu, in HypercallArguments arguments)
    {
        ulong address = arguments[0];
        if (address == 0)
        {
            Array.Clear(vcpu.Traps);
            return 0;
        }

        Span<byte> info = stackalloc byte[16];
        for (int i = 0; i < 257; i++, address += 16)
        {
            if (!vcpu.Guest.TryRead(address, info))
                return HypercallTable.Error(XenError.Fault);
            ulong handler = BinaryPrimitives.ReadUInt64LittleEndian(info[8..]);
            if (handler == 0)
                return 0;
            if (!GuestAddress.IsCanonical(handler))
                return HypercallTable.Error(XenError.Invalid);
            vcpu.Traps[info[0]] = new TrapHandler(handler, info[1]);
        }

        return HypercallTable.Error(XenError.Invalid);
    }

    public static long StackSwitch(PvVcpu vcpu, in HypercallArguments arguments)
    {
        vcpu.KernelStack = arguments[1];
        return 0;
    }

    public static long CallbackOperation(PvVcpu vcpu, in HypercallArguments arguments)
    {
        Span<byte> callback = stackalloc byte[16];
        switch (arguments[0])
        {
            case Register:
                if (!vcpu.Guest.TryRead(arguments[1], callback))
                    return HypercallTable.Error(XenError.Fault);
                ulong address = BinaryPrimitives.ReadUInt64LittleEndian(callback[8..]);
                if (!GuestAddress.IsCanonical(address))
                    return HypercallTable.Error(XenError.Invalid);
                return Set(vcpu, BinaryPrimitives.ReadUInt16LittleEndian(callback), address, (BinaryPrimitives.ReadUInt16LittleEndian(callback[2..]) & MaskEvents) != 0);
            case Unregister:
                return vcpu.Guest.TryRead(arguments[1], callback[..2])
                    ? Unset(vcpu, BinaryPrimitives.ReadUInt16LittleEndian(callback))
                    : HypercallTable.Error(XenError.Fault);
            default:
                return HypercallTable.Error(XenError.NotImplemented);
        }
    }

    public static long NmiOperation(PvVcpu vcpu, in HypercallArguments arguments)
    {
        switch (arguments[0])
        {
            case 0:
                if (!vcpu.Guest.TryRead(arguments[1], out ulong handler))
                    return HypercallTable.Error(XenError.Fault);
                if (!GuestAddress.IsCanonical(handler))
                    return HypercallTable.Error(XenError.Invalid);
                vcpu.Traps[2] = new TrapHandler(handler, TrapHandler.MasksEventsFlag);
                return 0;
            case 1:
                vcpu.Traps[2] = default;
                return 0;
            default:
                return HypercallTable.Error(XenError.NotImplemented);
        }
    }

    private static long Set(PvVcpu vcpu, ushort type, ulong address, bool masks)
    {
        if (type >= vcpu.Callbacks.Length)
            return HypercallTable.Error(XenError.NotImplemented);
        vcpu.Callbacks[type] = new Callback(address, masks);
        return 0;
    }

    /// <summary>Events and failures always have somewhere to go.</summary>
    private static long Unset(PvVcpu vcpu, ushort type)
    {
        if (type >= vcpu.Callbacks.Length)
            return HypercallTable.Error(XenError.NotImplemented);
        if ((CallbackType)type is CallbackType.Event or CallbackType.Failsafe)
            return HypercallTable.Error(XenError.Invalid);
        vcpu.Callbacks[type] = default;
        return 0;
    }
}
