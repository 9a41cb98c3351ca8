namespace Dominion.ScriptedDomains;

/// <summary>The script.</summary>
public sealed record ScriptedOptions
{
    /// <summary>What the domain sends to its console at first.</summary>
    public string Say { get; init; } = "";

    /// <summary>What it does then.</summary>
    public ScriptedAct Then { get; init; } = ScriptedAct.PowerOff;

    /// <summary>Whether it has a display.</summary>
    public bool Display { get; init; }
}
