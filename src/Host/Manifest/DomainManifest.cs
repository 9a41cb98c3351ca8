using Dominion.Diagnostics;
using Dominion.Plugins;

namespace Dominion.Host.Manifest;

/// <summary>One entry of <c>domains:</c>.</summary>
/// <param name="Location">Where it starts.</param>
/// <param name="Id">Its place in the list, from 0.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">The domain type's export; null when it is missing or wrong, which is reported.</param>
/// <param name="Memory">Its RAM; null when it is missing or wrong, which is reported.</param>
/// <param name="Vcpus">How many vCPUs it has.</param>
/// <param name="Cpu">What differs from the machine's CPU section, or null.</param>
/// <param name="Board">The <c>board:</c> entry, or null.</param>
/// <param name="Slots">The <c>slots:</c> entries.</param>
/// <param name="SlotsLocation">Where <c>slots:</c> is, or null.</param>
/// <param name="Devices">The <c>devices:</c> entries.</param>
/// <param name="DevicesLocation">Where <c>devices:</c> is, or null.</param>
/// <param name="Options">The other entries: the domain type's own options.</param>
public sealed record DomainManifest(
    SourceLocation Location,
    int Id,
    string Name,
    Located<string>? Type,
    Located<ByteSize>? Memory,
    int Vcpus,
    CpuManifest? Cpu,
    ManifestEntry? Board,
    IReadOnlyList<ManifestEntry> Slots,
    SourceLocation? SlotsLocation,
    IReadOnlyList<ManifestNode> Devices,
    SourceLocation? DevicesLocation,
    IReadOnlyList<ManifestEntry> Options);
