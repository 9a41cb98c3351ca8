using Dominion.Plugins;

namespace Dominion.Devices.Pc.Mainboard;

/// <summary>Makes PC mainboards.</summary>
[Board("pc", Options = typeof(PcBoardOptions), Summary = "PC with local APICs, I/O APIC, HPET, ACPI, PCI Express root bus and the legacy devices")]
public sealed class PcBoardFactory : IBoardFactory
{
    /// <inheritdoc/>
    public IReadOnlyList<BoardSlot> GetSlots(object? options) => PcSlots.Get(HasFirmware(options));

    /// <inheritdoc/>
    public IBoard Create(IBoardContext context, object? options) => new PcBoard(context, (PcBoardOptions)options!);

    private static bool HasFirmware(object? options) => ((PcBoardOptions)options!).Firmware is not null;
}
