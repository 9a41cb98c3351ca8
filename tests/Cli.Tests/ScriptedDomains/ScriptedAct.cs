namespace Dominion.ScriptedDomains;

/// <summary>What a scripted domain does.</summary>
public enum ScriptedAct
{
    /// <summary>Powers itself off.</summary>
    PowerOff,

    /// <summary>Crashes.</summary>
    Crash,

    /// <summary>Throws on the vCPU's thread, as a defect of ours would.</summary>
    Throw,

    /// <summary>Is refused while it is made.</summary>
    Refuse,

    /// <summary>Waits for ever.</summary>
    Idle,

    /// <summary>Executes for ever.</summary>
    Loop,

    /// <summary>Sends back what is typed; powers off at a <c>q</c>.</summary>
    Echo,
}
