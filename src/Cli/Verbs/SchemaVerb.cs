using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dominion.Cli.Logging;
using Dominion.Diagnostics;
using Dominion.Host.Manifest.Schema;
using Dominion.Host.Plugins;

namespace Dominion.Cli.Verbs;

/// <summary><c>schema</c>: prints the JSON Schema of manifests for the plugins that are present, for editors.</summary>
internal static class SchemaVerb
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    internal static Command Create()
    {
        Option<string[]> plugins = CommonOptions.Plugins();
        Command verb = new("schema", "Print the JSON Schema of manifests, with the options of the plugins that are present.") { plugins };
        verb.SetAction(parsed =>
        {
            using PluginCatalog catalog = PluginCatalog.Discover(PluginRoots.Default(parsed.GetRequiredValue(plugins)));
            JsonObject schema = SchemaGenerator.Generate(catalog, out IReadOnlyList<Diagnostic> diagnostics);
            parsed.InvocationConfiguration.Output.WriteLine(schema.ToJsonString(Indented));
            ErrorWriter errors = new();
            foreach (Diagnostic diagnostic in diagnostics)
                errors.WriteLine(diagnostic.ToString());
            return diagnostics.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error) ? ExitCodes.Refused : ExitCodes.Ok;
        });
        return verb;
    }
}
