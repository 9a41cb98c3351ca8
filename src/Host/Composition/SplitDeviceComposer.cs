using System.Globalization;
using Dominion.Diagnostics;
using Dominion.Host.Manifest;
using Dominion.Host.Manifest.Options;
using Dominion.Host.Plugins;
using Dominion.Split;

namespace Dominion.Host.Composition;

/// <summary>Decides one domain's split devices: their backends, their numbers and where the backends run.</summary>
internal sealed class SplitDeviceComposer(ExportResolver resolver, OptionScope scope, DiagnosticBag diagnostics)
{
    private readonly List<SplitDevicePlan> _devices = [];
    private readonly Dictionary<(string Class, int Number), SourceLocation> _numbers = [];
    private readonly Dictionary<string, int> _countByExport = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _countByClass = new(StringComparer.Ordinal);

    /// <summary>The devices so far.</summary>
    public IReadOnlyList<SplitDevicePlan> Devices => _devices;

    /// <summary>Decides one device of the list; what is wrong with it is reported.</summary>
    public void Add(ResolvedExport entry)
    {
        entry = TakeBackendKey(entry);
        bool bound = resolver.TryBind(entry, scope, null, out object? options);
        if (resolver.Factory<IBackendFactory>(entry.Export, entry.Location) is not { } factory || !bound)
            return;
        if (!PluginQuestion.Ask(diagnostics, entry.Export, entry.Location, () => factory.DeviceClass, out string? deviceClass))
            return;
        int index = _countByClass.GetValueOrDefault(deviceClass!);
        _countByClass[deviceClass!] = index + 1;
        if (!PluginQuestion.Ask(diagnostics, entry.Export, entry.Location, () => factory.GetDeviceNumber(options, index), out int number))
            return;
        if (number < 0)
        {
            diagnostics.Error(PluginDiagnosticIds.PluginThrew, $"the backend '{entry.Export.Name}' of plugin '{entry.Export.PluginId}' gives its device the number {number}", entry.Location);
            return;
        }

        if (!_numbers.TryAdd((deviceClass!, number), entry.Location))
        {
            SourceLocation first = _numbers[(deviceClass!, number)];
            diagnostics.Error(
                ManifestDiagnosticIds.DuplicateDevice,
                $"two devices of class '{deviceClass}' have the number {number}",
                entry.Location,
                $"the first is at line {first.Line}");
            return;
        }

        string export = entry.Export.Name;
        int count = _countByExport.GetValueOrDefault(export);
        _countByExport[export] = count + 1;
        string name = string.Create(CultureInfo.InvariantCulture, $"{export}{count}");
        _devices.Add(new SplitDevicePlan(export, name, deviceClass!, number, factory, options));
    }

    /// <summary>Takes the key that every split device has: the domain that its backend runs in.</summary>
    private ResolvedExport TakeBackendKey(ResolvedExport entry)
    {
        if (entry.Options.FirstOrDefault(option => option.Key == ManifestKeys.Backend) is not { } backend)
            return entry;
        if (backend.Value is not ManifestScalar { Text: ManifestKeys.ControlDomain })
        {
            string given = backend.Value is ManifestScalar scalar ? $"'{scalar.Text}'" : backend.Value.Description;
            diagnostics.Error(ManifestDiagnosticIds.NoSuchBackendDomain, $"backends run in {ManifestKeys.ControlDomain} only, not in {given}", backend.Value.Location, $"write {ManifestKeys.ControlDomain}, or leave the key out");
        }

        return entry with { Options = [.. entry.Options.Where(option => option != backend)] };
    }
}
