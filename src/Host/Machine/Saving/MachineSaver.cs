using System.Reflection;
using System.Text.Json;
using Dominion.Diagnostics;
using Dominion.Host.Composition;
using Dominion.Host.Manifest;
using Dominion.Host.Machine.Domains;
using Dominion.Persistence;
using Dominion.Plugins;

namespace Dominion.Host.Machine.Saving;

/// <summary>Writes a machine into a file and reads it back. Nothing of the machine runs meanwhile.</summary>
internal static class MachineSaver
{
    /// <summary>Writes a machine.</summary>
    /// <param name="path">The file; replaced when all is written.</param>
    /// <param name="source">What the machine was composed from.</param>
    /// <param name="parts">The machine.</param>
    /// <exception cref="DiagnosticException">It cannot be saved; what was at the path is still there.</exception>
    internal static void Save(string path, MachineSource source, MachineParts parts)
    {
        using MachineFileWriter writer = MachineFileWriter.Create(path);
        writer.WriteSection(MachineFileFormat.Info, stream => JsonSerializer.Serialize(stream, Describe(source), SavedMachineJson.Readable.SavedMachineInfo));
        writer.WriteState(MachineFileFormat.Time, state =>
        {
            parts.Scheduler.Save(state);
            parts.Clock.Save(state);
        });
        foreach ((string name, IPersistent service) in Persistent(parts))
        {
            Guard($"service '{name}'", () => writer.WriteState(MachineFileFormat.Service, state =>
            {
                state.BeginSection("service", 1);
                state.Write(name);
                service.Save(state);
            }));
        }
        foreach (DomainRuntime domain in parts.Domains)
            Guard($"domain '{domain.Name}'", () => writer.WriteState(MachineFileFormat.Domain, domain.SaveWhole));
        writer.Finish();
    }

    /// <summary>Puts a saved machine's state into one that has been made and has not started.</summary>
    /// <param name="saved">The saved machine.</param>
    /// <param name="parts">The machine.</param>
    /// <param name="diagnostics">Takes the reason to refuse.</param>
    /// <returns>False when the state does not fit; the machine is useless then.</returns>
    internal static bool Restore(SavedMachine saved, MachineParts parts, IDiagnosticSink diagnostics)
    {
        string part = "the machine";
        try
        {
            int[] timers = [];
            saved.ReadState(MachineFileFormat.Time, state =>
            {
                parts.Scheduler.Restore(state);
                timers = parts.Clock.Restore(state);
            });
            foreach ((string name, IPersistent service) in Persistent(parts))
            {
                part = $"service '{name}'";
                saved.ReadState(MachineFileFormat.Service, state =>
                {
                    state.BeginSection("service", 1);
                    string found = state.ReadString();
                    if (found != name)
                        throw new InvalidDataException($"the state is of service '{found}'");
                    service.Restore(state);
                });
            }
            parts.Clock.Order(timers);
            foreach (DomainRuntime domain in parts.Domains)
            {
                part = $"domain '{domain.Name}'";
                saved.ReadState(MachineFileFormat.Domain, domain.RestoreWhole);
            }
            part = "the machine";
            saved.ReadState(MachineFileFormat.End, _ => { });
            return true;
        }
        catch (DiagnosticException refused)
        {
            diagnostics.Report(refused.Diagnostic);
        }
        catch (Exception unfit)
        {
            // InvalidDataException is what a part says; anything else is a part's defect, found by state that it wrote itself.
            string why = unfit is InvalidDataException ? unfit.Message : $"{unfit.GetType().Name}: {unfit.Message}";
            diagnostics.Report(SavingDiagnostics.DoesNotFit(saved.Path, part, why));
        }
        return false;
    }

    private static IEnumerable<(string Name, IPersistent Service)> Persistent(MachineParts parts) =>
        parts.Services.Where(service => service.Service is IPersistent).Select(service => (service.Name, (IPersistent)service.Service));

    private static SavedMachineInfo Describe(MachineSource source) => new(
        typeof(MachineSaver).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "",
        ContractLevel.Current,
        source.Name,
        source.IsNamed,
        source.Manifest.Folder,
        ManifestWriter.Write(source.Manifest.Root),
        source.PluginRoots,
        [.. source.Plugins.Select(plugin => new SavedPlugin(plugin.Id, plugin.Version, plugin.MinimumLevel, plugin.MaximumLevel))]);

    private static void Guard(string part, Action save)
    {
        try
        {
            save();
        }
        catch (Exception defect) when (defect is not DiagnosticException)
        {
            // A plugin's defect must not take the machine down that it was to save.
            throw SavingDiagnostics.PartFailed(part, defect);
        }
    }
}
