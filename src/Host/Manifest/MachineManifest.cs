using Dominion.Host.Composition;
using Dominion.Plugins;

namespace Dominion.Host.Manifest;

/// <summary>A manifest bound to the host's own grammar. Entries that name exports are still nodes: what they mean is a question for the plugins.</summary>
/// <param name="Document">Where it comes from.</param>
/// <param name="Name">The machine's name, or null for that of the file.</param>
/// <param name="Memory">The machine's memory, or null for as much as the domains need.</param>
/// <param name="Clock">How time passes.</param>
/// <param name="Cpu">The machine's CPU section.</param>
/// <param name="PluginRoots">More plugin roots, absolute.</param>
/// <param name="Services">The services: name and entry.</param>
/// <param name="Domains">The domains.</param>
public sealed record MachineManifest(
    ManifestDocument Document,
    Located<string>? Name,
    Located<ByteSize>? Memory,
    ClockKind Clock,
    CpuManifest Cpu,
    IReadOnlyList<Located<string>> PluginRoots,
    IReadOnlyList<ManifestEntry> Services,
    IReadOnlyList<DomainManifest> Domains);
