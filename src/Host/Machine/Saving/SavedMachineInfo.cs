namespace Dominion.Host.Machine.Saving;

/// <summary>What a saved machine says of itself.</summary>
/// <param name="Product">The version of the product that saved it.</param>
/// <param name="ContractLevel">The contract level of that build.</param>
/// <param name="Name">The machine's name.</param>
/// <param name="IsNamed">Whether the manifest or the command line gave the name.</param>
/// <param name="Folder">The absolute path of the folder that the manifest's relative paths start from.</param>
/// <param name="Manifest">The manifest in YAML, overrides applied.</param>
/// <param name="PluginRoots">The absolute paths of the plugin folders that the manifest or the command line named.</param>
/// <param name="Plugins">The plugins that the machine uses.</param>
public sealed record SavedMachineInfo(
    string Product,
    int ContractLevel,
    string Name,
    bool IsNamed,
    string Folder,
    string Manifest,
    IReadOnlyList<string> PluginRoots,
    IReadOnlyList<SavedPlugin> Plugins);
