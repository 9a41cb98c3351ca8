using Dominion.Cpu.X86;
using Dominion.Devices;
using Dominion.Diagnostics;
using Dominion.Domains;
using Dominion.FullVirt.Boot;
using Dominion.Persistence;

namespace Dominion.FullVirt.Bare;

/// <summary>A domain that owns a whole board: its kernel runs on the cores as on hardware, with no VMM under it.</summary>
internal sealed class BareDomain : IDomain, IDisplaySource
{
    private readonly IDomainContext _context;
    private readonly IBoard _board;
    private readonly IX86Core[] _cores;
    private readonly BareVcpu[] _vcpus;
    private readonly BareBoot? _boot;
    private readonly bool _startsInFirmware;

    /// <summary>Puts the domain together.</summary>
    /// <param name="context">What the machine gives.</param>
    /// <param name="board">The board, with the cores attached.</param>
    /// <param name="cores">The cores, in order of index.</param>
    /// <param name="boot">What is booted, by way of the board's firmware where it has one; or null for the firmware alone.</param>
    /// <param name="onTripleFault">What a triple fault does.</param>
    public BareDomain(IDomainContext context, IBoard board, IX86Core[] cores, BareBoot? boot, TripleFaultAction onTripleFault)
    {
        _context = context;
        _board = board;
        _cores = cores;
        _boot = boot;
        _vcpus = [.. cores.Select(core => new BareVcpu(core, context, onTripleFault))];
        if (board is not IFirmwareHandover { HasFirmware: true } handover)
            return;
        _startsInFirmware = true;
        if (boot is not null)
            handover.Loader = Load;
    }

    /// <inheritdoc/>
    public IReadOnlyList<IVcpu> Vcpus => _vcpus;

    /// <inheritdoc/>
    public IDisplay? Display => (_board as IDisplaySource)?.Display;

    /// <inheritdoc/>
    public void Reset()
    {
        lock (_context.DeviceLock)
        {
            foreach (IX86Core core in _cores)
                core.Reset();
            _board.Reset();
            for (int i = 1; i < _cores.Length; i++)
            {
                _cores[i].State.Activity = X86Activity.WaitForStartup;
                _cores[i].StateChanged();
            }

            if (_boot is null || _startsInFirmware)
                return;
            BootPlan plan = _boot.Plan(_board);
            BootPlanWriter.WriteMemory(plan, _context.MemorySpace);
            BootPlanWriter.Enter(plan.Entry, _cores[0]);
        }
    }

    /// <inheritdoc/>
    public void RequestShutdown()
    {
        if (_board is IPowerButton button)
            _context.Post(button.PressPowerButton);
        else
            _context.Log.Write(LogSeverity.Warning, "the board has no power button: the guest cannot be asked to shut down");
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        lock (_context.DeviceLock)
        {
            writer.BeginSection("bare", 1);
            writer.Write(_cores.Length);
            BareRam.Save(_context, _board, writer);
            foreach (IX86Core core in _cores)
                core.Save(writer);
            _board.Save(writer);
        }
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        lock (_context.DeviceLock)
        {
            reader.BeginSection("bare", 1);
            int count = reader.ReadInt32();
            if (count != _cores.Length)
                throw new InvalidDataException($"the state is of a domain with {count} vCPUs; this one has {_cores.Length}");
            BareRam.Restore(_context, _board, reader);

            // The board comes last: its interrupt controllers drive the cores' pins.
            foreach (IX86Core core in _cores)
                core.Restore(reader);
            _board.Restore(reader);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IX86Core core in _cores)
            core.Dispose();
        _board.Dispose();
    }

    // What firmware keeps of the memory is known only now: a kernel that fits without it may not fit with it.
    private X86KernelEntry Load(IReadOnlyList<MemoryMapEntry> memoryMap, ulong rootPointer)
    {
        try
        {
            BootPlan plan = _boot!.Plan(_board, memoryMap, rootPointer);
            BootPlanWriter.WriteMemory(plan, _context.MemorySpace);
            return new X86KernelEntry(plan.Entry.Eip, plan.Entry.Eax, plan.Entry.Ebx, plan.Entry.Esi, plan.Entry.DescriptorTable);
        }
        catch (DiagnosticException refused)
        {
            _context.Crash($"the kernel cannot be loaded: {refused.Message}");
            return default;
        }
    }
}
