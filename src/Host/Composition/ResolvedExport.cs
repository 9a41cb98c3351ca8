using Dominion.Diagnostics;
using Dominion.Host.Manifest;
using Dominion.Host.Plugins;

namespace Dominion.Host.Composition;

/// <summary>An entry of a manifest whose export is found.</summary>
/// <param name="Export">The export.</param>
/// <param name="Location">Where it is named.</param>
/// <param name="Value">The value beside the export's name, when it is a single one or a list: the primary option.</param>
/// <param name="Options">The other options.</param>
internal sealed record ResolvedExport(ExportDescriptor Export, SourceLocation Location, ManifestNode? Value, IReadOnlyList<ManifestEntry> Options);
