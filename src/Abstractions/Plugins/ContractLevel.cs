namespace Dominion.Plugins;

/// <summary>The level of the contracts in this assembly. A plugin names the levels that it works with, and the host refuses every other.</summary>
public static class ContractLevel
{
    /// <summary>The level that this copy of the contracts implements.</summary>
    public const int Current = 1;
}
