using Dominion.Plugins;

namespace Dominion.Services.Local.Network;

/// <summary>The options of <c>switch</c>.</summary>
public sealed class SwitchOptions
{
    /// <summary>How many frames wait for a station at most; further ones are dropped.</summary>
    [OptionRange(1, 65536)]
    public int QueueLength { get; set; } = 512;

    /// <summary>How many stations' addresses are remembered at most; frames to others go to every port.</summary>
    [OptionRange(1, 1 << 20)]
    public int Addresses { get; set; } = 4096;

    /// <summary>After how many seconds without a frame from it a station's address is forgotten.</summary>
    [OptionRange(1, 1_000_000)]
    public int AgeingSeconds { get; set; } = 300;
}
