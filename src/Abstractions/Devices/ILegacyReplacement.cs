namespace Dominion.Devices;

/// <summary>A timer block that can take the place of the PIT on IRQ 0 and of the RTC on IRQ 8 (IA-PC HPET 1.0a, 2.3.5 "LEG_RT_CNF").</summary>
public interface ILegacyReplacement
{
    /// <summary>Who hears that the replacement goes on or off: the board, which disconnects the PIT's and the RTC's wires while it is on. Called under the domain's device lock.</summary>
    Action<bool>? LegacyReplacementChanged { get; set; }
}
