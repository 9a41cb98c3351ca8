namespace Dominion.Host.Machine;

/// <summary>The ids of the diagnostics that making a machine gives; docs/manifest.md lists them.</summary>
public static class MachineDiagnostics
{
    /// <summary>The host has not the memory that the machine wants.</summary>
    public const string NoMemory = "DOM5001";

    /// <summary>A service's factory failed without a diagnostic of its own.</summary>
    public const string ServiceFailed = "DOM5002";

    /// <summary>A domain type, board, device or core failed without a diagnostic of its own.</summary>
    public const string DomainFailed = "DOM5003";

    /// <summary>A service that is asked for is not there or has another contract.</summary>
    public const string NoService = "DOM5004";

    /// <summary>A domain type asks for a board where the manifest gives none.</summary>
    public const string NoBoard = "DOM5005";
}
