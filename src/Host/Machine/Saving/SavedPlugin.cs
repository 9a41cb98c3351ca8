namespace Dominion.Host.Machine.Saving;

/// <summary>A plugin that a saved machine uses.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version when the machine was saved.</param>
/// <param name="MinimumLevel">The lowest contract level that it worked with.</param>
/// <param name="MaximumLevel">The highest contract level that it worked with.</param>
public sealed record SavedPlugin(string Id, string Version, int MinimumLevel, int MaximumLevel);
