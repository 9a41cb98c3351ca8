using Dominion.Cpu;

namespace Dominion.Host.Composition;

/// <summary>The cores of a machine or of one domain.</summary>
/// <param name="Factory">Makes them.</param>
/// <param name="Model">The CPU model.</param>
/// <param name="Engine">The engine; <c>auto</c> leaves it to the core.</param>
/// <param name="Features">The features to add or take away, the names of extensions among them.</param>
/// <param name="Extensions">The extensions that <paramref name="Features"/> names.</param>
public sealed record CpuPlan(ICpuCoreFactory Factory, string Model, string Engine, IReadOnlyList<string> Features, IReadOnlyList<ICpuExtensionFactory> Extensions);
