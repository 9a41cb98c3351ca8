using System.Globalization;
using Dominion.Devices;
using Dominion.Diagnostics;
using Dominion.Domains;
using Dominion.Host.Manifest;
using Dominion.Host.Manifest.Options;
using Dominion.Host.Plugins;
using Dominion.Plugins;

namespace Dominion.Host.Composition;

/// <summary>Decides one domain: its type, its board, its devices.</summary>
internal sealed class DomainComposer(ExportResolver resolver, CpuComposer cpus, OptionScope scope, DiagnosticBag diagnostics)
{
    /// <summary>Decides a domain; null when something is wrong, which is reported.</summary>
    public DomainPlan? Compose(DomainManifest domain, CpuManifest machineCpu, CpuPlan? machinePlan)
    {
        int before = diagnostics.ErrorCount;
        CpuPlan? cpu = domain.Cpu is null ? machinePlan : cpus.Compose(machineCpu, domain.Cpu);
        if (domain.Type is not { } type
            || resolver.Find(ExportKind.DomainType, type.Value, type.Location) is not { } export
            || resolver.Factory<IDomainTypeFactory>(export, type.Location) is not { } factory)
        {
            return null;
        }

        resolver.TryBind(new ResolvedExport(export, type.Location, null, domain.Options), scope, null, out object? options);
        BoardPlan? board = null;
        var devices = new List<DevicePlan>();
        var splitDevices = new SplitDeviceComposer(resolver, scope, diagnostics);
        if (PluginQuestion.Ask(diagnostics, export, type.Location, () => (Board: factory.UsesBoard, Split: factory.UsesSplitDevices), out (bool Board, bool Split) uses))
        {
            if (!uses.Board)
                RefuseKeys(domain, export, uses.Split);
            if (uses.Split)
                ComposeSplitDevices(domain, uses.Board, splitDevices);
            if (uses.Board)
                board = ComposeBoard(domain, uses.Split, devices);
        }

        return diagnostics.ErrorCount == before && cpu is not null && domain.Memory is { } memory
            ? new DomainPlan(domain.Name, domain.Id, export.Name, factory, options, memory.Value.Bytes, domain.Vcpus, cpu, board, devices)
            {
                Location = domain.Location,
                SplitDevices = splitDevices.Devices,
            }
            : null;
    }

    private void RefuseKeys(DomainManifest domain, ExportDescriptor type, bool usesSplitDevices)
    {
        (string Key, SourceLocation? Location)[] keys =
        [
            (ManifestKeys.Board, domain.Board?.Location),
            (ManifestKeys.Slots, domain.SlotsLocation),
            (ManifestKeys.Devices, usesSplitDevices ? null : domain.DevicesLocation),
        ];
        foreach ((string key, SourceLocation? location) in keys)
        {
            if (location is not null)
                diagnostics.Error(ManifestDiagnosticIds.NotForThisType, $"a domain of type '{type.Name}' has no board, so it takes no '{key}'", location);
        }
    }

    private void ComposeSplitDevices(DomainManifest domain, bool usesBoard, SplitDeviceComposer devices)
    {
        foreach (ManifestNode node in domain.Devices)
        {
            if ((!usesBoard || resolver.Mentions(ExportKind.Backend, node)) && resolver.Resolve(ExportKind.Backend, node) is { } entry)
                devices.Add(entry);
        }
    }

    private BoardPlan? ComposeBoard(DomainManifest domain, bool usesSplitDevices, List<DevicePlan> devices)
    {
        // Devices are checked even when the board is wrong: all problems at once.
        List<ResolvedExport?> listed = [.. domain.Devices
            .Where(node => !usesSplitDevices || !resolver.Mentions(ExportKind.Backend, node))
            .Select(node => resolver.Resolve(ExportKind.Device, node))];
        BoardPlan? board = null;
        if (domain.Board is not { } entry)
        {
            diagnostics.Error(ManifestDiagnosticIds.MissingKey, $"domain '{domain.Name}' needs '{ManifestKeys.Board}'", domain.Location, Suggest.For("", resolver.Names(ExportKind.Board)));
        }
        else if (resolver.Resolve(ExportKind.Board, entry.Value) is { } resolved
            && resolver.Factory<IBoardFactory>(resolved.Export, resolved.Location) is { } factory
            && resolver.TryBind(resolved, scope, null, out object? options))
        {
            board = new BoardPlan(resolved.Export.Name, factory, options);
            if (PluginQuestion.Ask(diagnostics, resolved.Export, resolved.Location, () => factory.GetSlots(options), out IReadOnlyList<BoardSlot>? slots))
                ComposeSlots(domain, resolved, slots!, devices);
        }

        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (ResolvedExport? device in listed)
        {
            if (device is null)
                continue;
            string name = device.Export.Name;
            int number = counts.GetValueOrDefault(name);
            counts[name] = number + 1;
            AddDevice(device, null, string.Create(CultureInfo.InvariantCulture, $"{name}{number}"), null, devices);
        }

        return board;
    }

    private void ComposeSlots(DomainManifest domain, ResolvedExport board, IReadOnlyList<BoardSlot> slots, List<DevicePlan> devices)
    {
        foreach (ManifestEntry entry in domain.Slots)
        {
            if (slots.All(slot => slot.Name != entry.Key))
            {
                diagnostics.Error(
                    ManifestDiagnosticIds.UnknownSlot,
                    $"the board '{board.Export.Name}' has no slot '{entry.Key}'",
                    entry.Location,
                    Suggest.For(entry.Key, slots.Select(slot => slot.Name)));
            }
        }

        foreach (BoardSlot slot in slots)
        {
            ManifestEntry? given = domain.Slots.FirstOrDefault(entry => entry.Key == slot.Name);
            ResolvedExport? device;
            if (given is not null)
            {
                if (given.Value is ManifestScalar { IsQuoted: false, Text: ManifestKeys.None })
                    continue;
                device = resolver.Resolve(ExportKind.Device, given.Value);
            }
            else if (slot.Device is null)
            {
                continue;
            }
            else
            {
                device = resolver.Find(ExportKind.Device, slot.Device, board.Location) is { } export ? new ResolvedExport(export, board.Location, null, []) : null;
            }

            if (device is not null)
                AddDevice(device, slot.Name, slot.Name, slot.Defaults, devices);
        }
    }

    private void AddDevice(ResolvedExport device, string? slot, string name, IReadOnlyDictionary<string, object>? defaults, List<DevicePlan> devices)
    {
        bool bound = resolver.TryBind(device, scope, defaults, out object? options);
        if (resolver.Factory<IDeviceFactory>(device.Export, device.Location) is { } factory && bound)
            devices.Add(new DevicePlan(slot, device.Export.Name, name, factory, options));
    }
}
