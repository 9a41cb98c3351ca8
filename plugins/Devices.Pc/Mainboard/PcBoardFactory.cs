using Dominion.Plugins;

namespace Dominion.Devices.Pc.Mainboard;

/// <summary>Makes PC mainboards.</summary>
[Board("pc", Summary = "PC with local APICs, I/O APIC, HPET, ACPI, PCI Express root bus and the legacy devices")]
public sealed class PcBoardFactory : IBoardFactory
{
    /// <inheritdoc/>
    public IReadOnlyList<BoardSlot> GetSlots(object? options) => PcSlots.All;

    /// <inheritdoc/>
    public IBoard Create(IBoardContext context, object? options) => new PcBoard(context);
}
