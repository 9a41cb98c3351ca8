using Dominion.Diagnostics;

namespace Dominion.Host.Composition;

/// <summary>What came of composing a manifest.</summary>
/// <param name="Plan">The machine, or null exactly when <paramref name="Diagnostics"/> holds an error.</param>
/// <param name="Diagnostics">All that is to be said, what discovery said of plugins among it: a plugin that is refused is a warning unless the manifest needs it.</param>
public sealed record CompositionResult(MachinePlan? Plan, IReadOnlyList<Diagnostic> Diagnostics);
