using Dominion.Diagnostics;

namespace Dominion.Host.Manifest;

/// <summary>A <c>cpu:</c> section; what is not given is null.</summary>
/// <param name="Location">Where the section is.</param>
/// <param name="Core">The core's export; only in the machine's section.</param>
/// <param name="Model">The CPU model.</param>
/// <param name="Engine">The engine.</param>
/// <param name="Features">The features.</param>
public sealed record CpuManifest(
    SourceLocation Location,
    Located<string>? Core,
    Located<string>? Model,
    Located<string>? Engine,
    IReadOnlyList<Located<string>>? Features);
