namespace Dominion.Host.Composition;

/// <summary>How a machine's time passes.</summary>
public enum ClockKind
{
    /// <summary>With the host's.</summary>
    Host,

    /// <summary>With the instructions that are executed.</summary>
    Virtual,
}
