using System.CommandLine;
using System.Text;
using System.Text.Json;
using Dominion.Cli.Logging;
using Dominion.Diagnostics;
using Dominion.Host.Plugins;

namespace Dominion.Cli.Verbs;

/// <summary><c>plugins</c>: lists the plugins that are found, by their metadata alone; none is loaded.</summary>
internal static class PluginsVerb
{
    internal static Command Create()
    {
        Option<bool> json = new("--json") { Description = "print JSON, for programs" };
        Option<string[]> plugins = CommonOptions.Plugins();
        Command verb = new("plugins", "List the plugins that are present and what they export.") { json, plugins };
        verb.SetAction(parsed =>
        {
            using PluginCatalog catalog = PluginCatalog.Discover(PluginRoots.Default(parsed.GetRequiredValue(plugins)));
            TextWriter output = parsed.InvocationConfiguration.Output;
            output.Write(parsed.GetValue(json) ? ToJson(catalog) : ToText(catalog));
            ErrorWriter errors = new();
            foreach (Diagnostic diagnostic in catalog.Diagnostics)
                errors.WriteLine(diagnostic.ToString());
            bool refused = catalog.Refused.Count > 0 || catalog.Diagnostics.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
            return refused ? ExitCodes.Refused : ExitCodes.Ok;
        });
        return verb;
    }

    private static string ToText(PluginCatalog catalog)
    {
        StringBuilder text = new();
        int width = catalog.Exports.Select(export => export.Name.Length).DefaultIfEmpty().Max();
        foreach (PluginDescriptor plugin in catalog.Plugins)
        {
            text.Append($"{plugin.Id} {plugin.Version} (contract level {Levels(plugin)})");
            text.AppendLine(plugin.Description.Length == 0 ? "" : $": {plugin.Description}");
            foreach (ExportDescriptor export in plugin.Exports)
                text.AppendLine($"  {ExportKindNames.Of(export.Kind),-12} {export.Name.PadRight(width)}  {export.Summary}".TrimEnd());
        }
        foreach (RefusedPlugin refused in catalog.Refused)
            text.AppendLine($"{refused.Plugin.Id} {refused.Plugin.Version} (contract level {Levels(refused.Plugin)}): refused, {refused.Reason.Id}");
        return text.ToString();
    }

    private static string Levels(PluginDescriptor plugin) =>
        plugin.MinimumLevel == plugin.MaximumLevel ? $"{plugin.MinimumLevel}" : $"{plugin.MinimumLevel} to {plugin.MaximumLevel}";

    private static string ToJson(PluginCatalog catalog)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("plugins");
            foreach (PluginDescriptor plugin in catalog.Plugins)
                Write(json, plugin, null);
            foreach (RefusedPlugin refused in catalog.Refused)
                Write(json, refused.Plugin, refused.Reason);
            json.WriteEndArray();
            json.WriteStartArray("diagnostics");
            foreach (Diagnostic diagnostic in catalog.Diagnostics)
                Write(json, diagnostic);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + '\n';
    }

    private static void Write(Utf8JsonWriter json, PluginDescriptor plugin, Diagnostic? refused)
    {
        json.WriteStartObject();
        json.WriteString("id", plugin.Id);
        json.WriteString("version", plugin.Version);
        json.WriteStartObject("contractLevel");
        json.WriteNumber("minimum", plugin.MinimumLevel);
        json.WriteNumber("maximum", plugin.MaximumLevel);
        json.WriteEndObject();
        json.WriteString("description", plugin.Description);
        json.WriteString("assembly", plugin.AssemblyPath);
        if (refused is null)
            json.WriteNull("refused");
        else
            json.WriteString("refused", refused.Id);
        json.WriteStartArray("exports");
        foreach (ExportDescriptor export in plugin.Exports)
        {
            json.WriteStartObject();
            json.WriteString("kind", ExportKindNames.Of(export.Kind));
            json.WriteString("name", export.Name);
            json.WriteString("summary", export.Summary);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Diagnostic diagnostic)
    {
        json.WriteStartObject();
        json.WriteString("id", diagnostic.Id);
        json.WriteString("severity", diagnostic.Severity.ToString().ToLowerInvariant());
        json.WriteString("message", diagnostic.Message);
        if (diagnostic.Location is { } location)
        {
            json.WriteString("file", location.File);
            json.WriteNumber("line", location.Line);
            json.WriteNumber("column", location.Column);
        }
        if (diagnostic.Suggestion is not null)
            json.WriteString("suggestion", diagnostic.Suggestion);
        json.WriteEndObject();
    }
}
