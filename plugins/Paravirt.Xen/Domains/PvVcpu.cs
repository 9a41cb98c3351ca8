using Dominion.Cpu.X86;
using Dominion.Domains;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Emulation;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.Paging;
using Dominion.Paravirt.Xen.Time;

namespace Dominion.Paravirt.Xen.Domains;

/// <summary>A vCPU of a paravirtual domain: its core, and what the VMM keeps for it. This file has how it is run; the others what it is made of, its registers, and its intercepts.</summary>
internal sealed unsafe partial class PvVcpu : IVcpu, IX86InterceptHandler, IDisposable
{
    private volatile bool _online;
    private volatile bool _blocked;
    private volatile bool _pollEnded;
    private volatile uint[]? _pollPorts;
    private volatile bool _hostRequest;
    private volatile bool _nmi;
    private VcpuStatus? _leave;

    /// <summary>Makes a vCPU that is offline.</summary>
    /// <param name="domain">Its domain.</param>
    /// <param name="core">Its core.</param>
    public PvVcpu(PvDomain domain, IX86Core core)
    {
        Domain = domain;
        Core = core;
        Index = core.Index;
        Guest = new GuestAccess(this);
        Segments = new SegmentLoader(this);
        Delivery = new TrapDelivery(this);
        Privileged = new PrivilegedInstructions(this);
        Msrs = new GuestMsrs(this);
        Descriptors = new VcpuDescriptors(this);
        Timers = new VcpuTimers(this, domain.Context.Clock);
        core.InterceptHandler = this;
    }

    /// <inheritdoc/>
    public event Action? Woken;

    /// <summary>The domain.</summary>
    public PvDomain Domain { get; }

    /// <summary>The core.</summary>
    public IX86Core Core { get; }

    /// <summary>The vCPU's number.</summary>
    public int Index { get; }

    /// <summary>Whether VCPUOP_initialise has been done, or the builder's equal.</summary>
    public bool IsInitialised { get; private set; }

    /// <summary>Whether the vCPU is up.</summary>
    public bool IsOnline => _online;

    /// <summary>Whether the hypercall that runs takes the vCPU out of the guest.</summary>
    public bool IsLeaving => _leave is not null;

    /// <inheritdoc/>
    public long InstructionsRetired => Core.InstructionsRetired;

    /// <inheritdoc/>
    public bool HasWork => _hostRequest || (_online && !Domain.HasShutDown && (!_blocked || IsWoken));

    private bool IsWoken => _pollEnded || _nmi || (IsUpcallPending && !AreEventsMasked);

    /// <inheritdoc/>
    public void RequestExit()
    {
        _hostRequest = true;
        Core.RequestExit();
        Woken?.Invoke();
    }

    /// <inheritdoc/>
    public VcpuStatus Run(long instructions)
    {
        if (_hostRequest)
        {
            _hostRequest = false;
            return VcpuStatus.Exited;
        }

        if (!_online || Domain.HasShutDown || (_blocked && !IsWoken))
            return VcpuStatus.Idle;
        if (_blocked)
            EndBlock();
        EnterRunstate(Xen.Domains.Runstate.Running);
        VcpuStatus status = RunGuest(instructions);
        EnterRunstate(!_online ? Xen.Domains.Runstate.Offline : _blocked ? Xen.Domains.Runstate.Blocked : Xen.Domains.Runstate.Runnable);
        return status;
    }

    /// <summary>Tells the vCPU that it may have an event. Safe from any thread.</summary>
    public void Kick()
    {
        // A vCPU in the guest looks at its events on the way back in.
        if (Volatile.Read(ref _inGuest) != 0)
            Core.RequestExit();
        Woken?.Invoke();
    }

    /// <summary>SCHEDOP_block: events are let in, and the vCPU waits for one.</summary>
    public void Block()
    {
        AreEventsMasked = false;
        _pollEnded = false;
        _blocked = true;
        if (IsWoken)
            _blocked = false;
        else
            Leave(VcpuStatus.Idle);
    }

    /// <summary>SCHEDOP_yield.</summary>
    public void Yield() => Leave(VcpuStatus.Runnable);

    /// <summary>SCHEDOP_poll: waits until one of some ports is pending, masked or not.</summary>
    /// <param name="ports">The ports.</param>
    /// <param name="limit">The system time at which the wait ends, or 0.</param>
    public void Poll(uint[] ports, ulong limit)
    {
        _pollEnded = false;
        _pollPorts = ports;
        _blocked = true;

        // Asked after the ports are known to those who set them pending.
        Interlocked.MemoryBarrier();
        if (Array.Exists(ports, Domain.Channels.IsPending) || IsWoken)
        {
            EndBlock();
            return;
        }

        if (limit != 0)
            Timers.SetPollLimit((long)Math.Min(limit, long.MaxValue));
        Leave(VcpuStatus.Idle);
    }

    /// <summary>A port became pending: ends a poll for it. Safe from any thread.</summary>
    public void NotifyPoll(uint port)
    {
        if (_pollPorts is { } ports && Array.IndexOf(ports, port) >= 0)
            EndPoll();
    }

    /// <summary>Ends a poll. Safe from any thread.</summary>
    public void EndPoll()
    {
        if (_pollPorts is null)
            return;
        _pollEnded = true;
        Woken?.Invoke();
    }

    /// <summary>VCPUOP_send_nmi. Safe from any thread.</summary>
    public void SendNmi()
    {
        _nmi = true;
        Kick();
    }

    /// <summary>VCPUOP_up and VCPUOP_down. Safe from any thread; a vCPU that takes itself down leaves the guest at once.</summary>
    public void SetOnline(bool online)
    {
        if (_online == online)
            return;
        _online = online;
        if (online)
        {
            _blocked = false;
            Woken?.Invoke();
        }
        else
        {
            Timers.Stop();
            Leave(VcpuStatus.Idle);
            Core.RequestExit();
        }
    }

    /// <summary>Takes the vCPU out of the guest when the current intercept ends. For its own thread.</summary>
    /// <param name="status">What its run tells the scheduler.</param>
    public void Leave(VcpuStatus status) => _leave = status;

    /// <inheritdoc/>
    public void Dispose()
    {
        Timers.Dispose();
        Core.Dispose();
        FreePrivateInfo();
    }

    private VcpuStatus RunGuest(long instructions)
    {
        long end = Core.InstructionsRetired + instructions;
        while (true)
        {
            long left = end - Core.InstructionsRetired;
            if (left <= 0)
                return VcpuStatus.Runnable;
            _leave = null;
            EnterWithPending();
            if (_leave is { } before)
                return before;
            Core.StateChanged();
            X86Exit exit = Core.Run(new X86RunLimits(left));
            LeaveGuest();
            switch (exit.Reason)
            {
                case X86ExitReason.Requested when _hostRequest:
                    _hostRequest = false;
                    return VcpuStatus.Exited;
                case X86ExitReason.Requested or X86ExitReason.Budget:
                    if (!_online || Domain.HasShutDown)
                        return VcpuStatus.Idle;
                    break;
                case X86ExitReason.Intercepted when _leave is { } status:
                    return status;
                case X86ExitReason.Intercepted:
                    Domain.Context.Crash($"vCPU {Index}: {Domain.Check.Refusal ?? "the core left the guest without a reason"}\n{Core.DescribeState()}");
                    return VcpuStatus.Dead;
                default:
                    Domain.Context.Crash($"vCPU {Index}: the core stopped ({exit.Reason})\n{Core.DescribeState()}");
                    return VcpuStatus.Dead;
            }
        }
    }

    private void EndBlock()
    {
        _blocked = false;
        if (_pollPorts is not null)
        {
            _pollPorts = null;
            Timers.CancelPollLimit();
        }

        _pollEnded = false;
    }

    /// <summary>Goes into the guest with what waits for it. What arrives later finds the vCPU in the guest, and asks it to leave.</summary>
    private void EnterWithPending()
    {
        while (true)
        {
            DeliverPending();
            if (_leave is not null)
                return;
            EnterGuest();
            bool missed = IsUpcallPending && !AreEventsMasked && Callbacks[(int)CallbackType.Event].Address != 0;
            if (!missed)
                return;
            LeaveGuest();
        }
    }

    /// <summary>Sends what waits into the guest: an NMI, then an event.</summary>
    private void DeliverPending()
    {
        if (_nmi && Traps[2].Address != 0)
        {
            _nmi = false;
            Delivery.Deliver(2, null);
        }

        if (IsUpcallPending && !AreEventsMasked)
            Delivery.DeliverEvent();
    }

    private void EnterRunstate(Runstate state)
    {
        Runstate.Enter(state, Domain.SystemTime);
        if (state == Xen.Domains.Runstate.Running && RunstateArea != 0)
            UpdateRunstateArea();
    }
}
