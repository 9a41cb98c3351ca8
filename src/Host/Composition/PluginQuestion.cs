using Dominion.Diagnostics;
using Dominion.Host.Manifest;
using Dominion.Host.Plugins;

namespace Dominion.Host.Composition;

/// <summary>A question to a plugin during composition; whatever it throws is its defect, and a diagnostic.</summary>
internal static class PluginQuestion
{
    /// <summary>Asks it.</summary>
    /// <returns>Whether there is an answer; if not, it is reported.</returns>
    public static bool Ask<T>(DiagnosticBag diagnostics, ExportDescriptor export, SourceLocation location, Func<T> question, out T? answer)
    {
        try
        {
            answer = question();
            return true;
        }
        catch (DiagnosticException e)
        {
            diagnostics.Report(e.Diagnostic with { Location = e.Diagnostic.Location ?? location });
        }
        catch (Exception e)
        {
            diagnostics.Error(
                PluginDiagnosticIds.PluginThrew,
                $"the {ExportKindNames.Of(export.Kind)} '{export.Name}' of plugin '{export.PluginId}' threw {e.GetType().Name}: {e.Message}",
                location);
        }

        answer = default;
        return false;
    }
}
