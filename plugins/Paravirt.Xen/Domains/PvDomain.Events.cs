using System.Buffers.Binary;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.EventChannels;
using Dominion.Paravirt.Xen.Memory;

namespace Dominion.Paravirt.Xen.Domains;

/// <content>The domain's event channels and its wall clock.</content>
internal sealed unsafe partial class PvDomain
{
    /// <summary>The period of the ticker that a vCPU starts with: 100 Hz.</summary>
    private const long FirstTick = 10_000_000;

    private const long Second = 1_000_000_000;

    /// <summary>The event channels.</summary>
    public EventChannelTable Channels { get; }

    /// <inheritdoc/>
    public byte* VcpuInfo(int vcpu) => _vcpus[vcpu].Info;

    /// <inheritdoc/>
    public void NotifyUpcall(int vcpu)
    {
        Volatile.Write(ref _vcpus[vcpu].Info[0], 1);
        Interlocked.MemoryBarrier();
        _vcpus[vcpu].Kick();
    }

    /// <inheritdoc/>
    public void NotifyPoll(uint port)
    {
        foreach (PvVcpu vcpu in _vcpus)
            vcpu.NotifyPoll(port);
    }

    /// <summary>EVTCHNOP_init_control: gives a vCPU its control block, and with the first one changes the domain to the FIFO ABI.</summary>
    public XenError InitializeEventControl(ulong mfn, uint offset, uint vcpu)
    {
        if (vcpu >= (uint)VcpuCount)
            return XenError.NoEntry;
        if (offset > FrameRange.FrameSize - FifoEventQueues.ControlBlockSize || (offset & 7) != 0)
            return XenError.Invalid;
        FifoEventQueues? queues = Channels.Bits as FifoEventQueues;
        if (queues is not null && queues.HasControlBlock((int)vcpu))
            return XenError.Invalid;
        if (HoldForEvents(mfn) is var error && error != XenError.Success)
            return error;
        bool first = queues is null;
        queues ??= new FifoEventQueues(this);
        byte* block = Hypervisor.Frames.Page(mfn) + offset;
        Channels.Locked(() =>
        {
            queues.SetControlBlock((int)vcpu, block);
            return true;
        });
        if (first)
            Channels.Switch(queues);
        return XenError.Success;
    }

    /// <summary>EVTCHNOP_expand_array: adds a page of event words.</summary>
    public XenError ExpandEventArray(ulong mfn)
    {
        if (Channels.Bits is not FifoEventQueues queues)
            return XenError.NotImplemented;
        if (HoldForEvents(mfn) is var error && error != XenError.Success)
            return error;
        byte* page = Hypervisor.Frames.Page(mfn);
        if (Channels.Locked(() => queues.TryAddPage(page)))
            return XenError.Success;
        using (PagingLock.EnterScope())
            Types.PutAs(mfn);
        return XenError.NoSpace;
    }

    /// <summary>EVTCHNOP_reset: closes every port and goes back to the 2-level ABI.</summary>
    public void ResetEventChannels()
    {
        Channels.CloseAll();
        Channels.Switch(new TwoLevelEventBits(Layout, SharedInfo, this));
        using (PagingLock.EnterScope())
        {
            foreach (ulong mfn in _eventFrames)
                Types.PutAs(mfn);
            _eventFrames.Clear();
        }
    }

    private readonly List<ulong> _eventFrames = [];

    /// <summary>Holds a frame of the guest's as memory that the VMM writes to.</summary>
    private XenError HoldForEvents(ulong mfn)
    {
        using (PagingLock.EnterScope())
        {
            if (Types.GetAs(mfn, FrameType.Writable) != XenError.Success)
                return XenError.Invalid;
            _eventFrames.Add(mfn);
            return XenError.Success;
        }
    }

    /// <summary>Writes the civil time at system time 0 (struct shared_info, wc_*).</summary>
    private void WriteWallClock()
    {
        long start = Context.Clock.WallClock - Context.Clock.Now;
        long seconds = start / Second;
        byte* clock = SharedInfo + Layout.SharedWallClock;
        uint version = *(uint*)clock;
        Volatile.Write(ref *(uint*)clock, version | 1);
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(clock + 4, 4), (uint)seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(clock + 8, 4), (uint)(start % Second));
        *(uint*)(SharedInfo + Layout.SharedWallClockHigh) = (uint)(seconds >> 32);
        Volatile.Write(ref *(uint*)clock, (version | 1) + 1);
    }
}
