using Dominion.Cpu.X86;
using Dominion.Domains;

namespace Dominion.FullVirt.Bare;

/// <summary>A core as the host's scheduler sees it.</summary>
internal sealed class BareVcpu : IVcpu
{
    private readonly IX86Core _core;
    private readonly IDomainContext _context;
    private readonly TripleFaultAction _onTripleFault;

    /// <summary>Wraps a core.</summary>
    public BareVcpu(IX86Core core, IDomainContext context, TripleFaultAction onTripleFault)
    {
        _core = core;
        _context = context;
        _onTripleFault = onTripleFault;
    }

    /// <inheritdoc/>
    public event Action? Woken
    {
        add => _core.Woken += value;
        remove => _core.Woken -= value;
    }

    /// <inheritdoc/>
    public long InstructionsRetired => _core.InstructionsRetired;

    /// <inheritdoc/>
    public bool HasWork => _core.HasWork;

    /// <inheritdoc/>
    public void RequestExit() => _core.RequestExit();

    /// <inheritdoc/>
    public VcpuStatus Run(long instructions)
    {
        X86Exit exit = _core.Run(new X86RunLimits(instructions));
        switch (exit.Reason)
        {
            case X86ExitReason.Budget:
                return VcpuStatus.Runnable;
            case X86ExitReason.Requested:
                return VcpuStatus.Exited;
            case X86ExitReason.Halted:
                return VcpuStatus.Idle;
            case X86ExitReason.Shutdown when _onTripleFault == TripleFaultAction.Reset:
                _context.Control.Reset($"vcpu{_core.Index}");
                return VcpuStatus.Idle;
            case X86ExitReason.Shutdown:
                _context.Crash($"vCPU {_core.Index}: triple fault\n{_core.DescribeState()}");
                return VcpuStatus.Dead;
            default:
                _context.Crash($"vCPU {_core.Index}: the core left guest execution ({exit.Reason}), and a bare domain intercepts nothing\n{_core.DescribeState()}");
                return VcpuStatus.Dead;
        }
    }
}
