namespace Dominion.Devices.Split;

/// <summary>The ids of this plugin's diagnostics.</summary>
internal static class SplitDiagnostics
{
    /// <summary>A disk's target is no name of a virtual disk.</summary>
    public const string BadTarget = "DOM3501";

    /// <summary>A MAC address is no single station's.</summary>
    public const string BadAddress = "DOM3502";
}
