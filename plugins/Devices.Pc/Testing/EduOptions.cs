using System.ComponentModel;

namespace Dominion.Devices.Pc.Testing;

/// <summary>The options of <c>edu</c>.</summary>
public sealed class EduOptions
{
    /// <summary>The address bits that the DMA engine drives; the others are 0 on the bus.</summary>
    [Description("the address bits that the DMA engine drives; the others are 0 on the bus")]
    public ulong DmaMask { get; set; } = (1 << 28) - 1;
}
