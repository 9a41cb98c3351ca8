namespace Dominion.FullVirt.Bare;

/// <summary>What a triple fault does to the domain.</summary>
public enum TripleFaultAction
{
    /// <summary>The domain crashes, and its registers are shown.</summary>
    Crash,

    /// <summary>The domain resets, as a PC does.</summary>
    Reset,
}
