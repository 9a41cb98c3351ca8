using Dominion.Buses;
using Dominion.Devices.Pci;
using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Plugins;
using Dominion.Time;

namespace Dominion.Devices.Pc.Mainboard;

/// <summary>What the board <c>pc</c> gives one device.</summary>
internal sealed class PcDeviceContext : IDeviceContext
{
    private readonly PcBoard _board;
    private readonly IBoardContext _context;
    private readonly string? _slot;

    /// <summary>Makes the context of a device.</summary>
    /// <param name="board">The board.</param>
    /// <param name="context">What the domain gives the board.</param>
    /// <param name="binding">The device.</param>
    public PcDeviceContext(PcBoard board, IBoardContext context, IDeviceBinding binding)
    {
        _board = board;
        _context = context;
        _slot = binding.Slot;
        Name = binding.Name;
        Log = context.CreateLog(binding.Name);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string DomainName => _context.DomainName;

    /// <inheritdoc/>
    public IPortSpace Ports => _context.Ports;

    /// <inheritdoc/>
    public IMemorySpace MemorySpace => _context.MemorySpace;

    /// <inheritdoc/>
    public IGuestMemory Memory => _context.MemorySpace;

    /// <inheritdoc/>
    public IPciBus? Pci => _board.Pci;

    /// <inheritdoc/>
    public IIommu? Iommu => _board.Iommu;

    /// <inheritdoc/>
    public IMessageInterrupts Messages => _slot is not null && _board.GetRequester(_slot) is { } requester ? _board.Iommu!.GetMessages(requester) : _board.Messages;

    /// <inheritdoc/>
    public IClock Clock => _context.Clock;

    /// <inheritdoc/>
    public ILog Log { get; }

    /// <inheritdoc/>
    public IDomainControl Control => _context.Control;

    /// <inheritdoc/>
    public IInterruptLine GetInterruptLine(int number)
    {
        if (number is < 0 or >= PcLayout.InterruptCount)
            throw new DiagnosticException("DOM3202", $"{Name}: the board has no interrupt {number}", $"choose one from 0 to {PcLayout.InterruptCount - 1}");
        return _board.Interrupts.Take(number, isReplaceable: (_slot == PcSlots.Pit && number == 0) || (_slot == PcSlots.Rtc && number == 8));
    }

    /// <inheritdoc/>
    public TService GetService<TService>(ServiceReference<TService> reference)
        where TService : class => _context.GetService(reference);

    /// <inheritdoc/>
    public void Post(Action action) => _context.Post(action);
}
