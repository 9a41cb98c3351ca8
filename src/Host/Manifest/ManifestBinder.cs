using Dominion.Diagnostics;
using Dominion.Host.Composition;
using Dominion.Host.Manifest.Options;
using Dominion.Plugins;

namespace Dominion.Host.Manifest;

/// <summary>The second stage: binds nodes to the host's own grammar. Needs no plugin.</summary>
internal sealed class ManifestBinder(DiagnosticBag diagnostics)
{
    /// <summary>The most vCPUs of one domain.</summary>
    public const int MaximumVcpus = 255;

    private const ulong PageSize = 4096;
    private readonly OptionBinder _values = new(new OptionScope("/", new Dictionary<string, Type?>(), HasConsole: false), diagnostics);
    private static readonly OptionType SizeType = new(OptionKind.Size, typeof(ByteSize), AllowsNull: false);
    private static readonly OptionType CountType = new(OptionKind.Integer, typeof(int), AllowsNull: false);
    private static readonly OptionType ClockType = new(OptionKind.Choice, typeof(ClockKind), AllowsNull: false);

    /// <summary>Binds a manifest. What is wrong is reported, and left out of the result.</summary>
    public MachineManifest Bind(ManifestDocument document)
    {
        ManifestMapping root = document.Root;
        RefuseUnknownKeys(root, ManifestKeys.Top, "a manifest");
        ManifestMapping? machine = Mapping(root, ManifestKeys.Machine);
        Located<ByteSize>? memory = null;
        ClockKind clock = ClockKind.Host;
        CpuManifest? cpu = null;
        Located<string>? name = null;
        if (machine is not null)
        {
            RefuseUnknownKeys(machine, ManifestKeys.MachineKeys, $"'{ManifestKeys.Machine}'");
            name = OptionalText(machine, ManifestKeys.Name);
            if (name is { } given && !MachineName.IsValid(given.Value))
                diagnostics.Error(ManifestDiagnosticIds.BadName, $"'{given.Value}' is no name for a machine", given.Location, MachineName.Rule);
            memory = Size(machine);
            if (Value(machine, ManifestKeys.Clock) is { } clockNode && _values.TryConvert(ClockType, clockNode, null, $"'{ManifestKeys.Clock}'", out object? kind))
                clock = (ClockKind)kind!;
            cpu = Cpu(machine, ManifestKeys.MachineCpuKeys);
        }

        return new MachineManifest(
            document,
            name,
            memory,
            clock,
            cpu ?? new CpuManifest(root.Location, null, null, null, null),
            PluginRoots(document),
            Services(root),
            Domains(root));
    }

    private IReadOnlyList<Located<string>> PluginRoots(ManifestDocument document) =>
        [.. Items(document.Root, ManifestKeys.Plugins)
            .Select(item => Text(item, $"an item of '{ManifestKeys.Plugins}'"))
            .OfType<Located<string>>()
            .Where(path => !path.Value.Contains('\0', StringComparison.Ordinal) && path.Value.Length > 0)
            .Select(path => path with { Value = Path.GetFullPath(path.Value, document.Folder) })];

    private IReadOnlyList<ManifestEntry> Services(ManifestMapping root)
    {
        var services = new List<ManifestEntry>();
        foreach (ManifestEntry entry in Mapping(root, ManifestKeys.Services)?.Entries ?? [])
        {
            if (entry.Key == ManifestKeys.Console)
                diagnostics.Error(ManifestDiagnosticIds.BadName, $"'{ManifestKeys.Console}' is each domain's own console and cannot be a service's name", entry.Location);
            else if (!MachineName.IsValid(entry.Key))
                diagnostics.Error(ManifestDiagnosticIds.BadName, $"'{entry.Key}' is no name for a service", entry.Location, MachineName.Rule);
            services.Add(entry);
        }

        return services;
    }

    private IReadOnlyList<DomainManifest> Domains(ManifestMapping root)
    {
        if (root.Find(ManifestKeys.Domains) is null)
        {
            diagnostics.Error(ManifestDiagnosticIds.MissingKey, $"a manifest needs '{ManifestKeys.Domains}'", root.Location, "a list with a domain or more");
            return [];
        }

        var domains = new List<DomainManifest>();
        var names = new Dictionary<string, SourceLocation>(StringComparer.Ordinal);
        IReadOnlyList<ManifestNode> items = Items(root, ManifestKeys.Domains);
        if (items.Count == 0 && root.Find(ManifestKeys.Domains) is { Value: ManifestSequence or ManifestScalar { IsNull: true } } empty)
            diagnostics.Error(ManifestDiagnosticIds.MissingKey, $"'{ManifestKeys.Domains}' is empty", empty.Location, "a machine needs a domain or more");
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i] is ManifestMapping mapping)
                domains.Add(Domain(mapping, i, names));
            else
                diagnostics.Error(ManifestDiagnosticIds.WrongType, $"a domain is a mapping, not {items[i].Description}", items[i].Location);
        }

        return domains;
    }

    private DomainManifest Domain(ManifestMapping mapping, int id, Dictionary<string, SourceLocation> names)
    {
        Located<string>? name = Required(mapping, ManifestKeys.Name);
        if (name is { } named)
        {
            if (!MachineName.IsValid(named.Value))
                diagnostics.Error(ManifestDiagnosticIds.BadName, $"'{named.Value}' is no name for a domain", named.Location, MachineName.Rule);
            else if (!names.TryAdd(named.Value, named.Location))
                diagnostics.Error(ManifestDiagnosticIds.DuplicateDomain, $"two domains have the name '{named.Value}'", named.Location, $"the first is at line {names[named.Value].Line}");
        }

        string what = name is { } given ? $"domain '{given.Value}'" : "the domain";
        Located<string>? type = Required(mapping, ManifestKeys.Type);
        Located<ByteSize>? memory = Size(mapping);
        if (Value(mapping, ManifestKeys.Memory) is null)
            diagnostics.Error(ManifestDiagnosticIds.MissingKey, $"{what} needs '{ManifestKeys.Memory}'", mapping.Find(ManifestKeys.Memory)?.Value.Location ?? mapping.Location, "such as memory: 256MiB");
        int vcpus = 1;
        if (Value(mapping, ManifestKeys.Vcpus) is { } count && _values.TryConvert(CountType, count, null, $"'{ManifestKeys.Vcpus}'", out object? number))
        {
            vcpus = (int)number!;
            if (vcpus is < 1 or > MaximumVcpus)
                diagnostics.Error(ManifestDiagnosticIds.OutOfRange, $"'{ManifestKeys.Vcpus}' is {vcpus}, which is out of range", count.Location, $"from 1 to {MaximumVcpus}");
        }

        return new DomainManifest(
            mapping.Location,
            id,
            name?.Value ?? $"domains[{id}]",
            type,
            memory,
            vcpus,
            Cpu(mapping, ManifestKeys.DomainCpuKeys),
            mapping.Find(ManifestKeys.Board) is { Value: not ManifestScalar { IsNull: true } } board ? board : null,
            Mapping(mapping, ManifestKeys.Slots)?.Entries ?? [],
            mapping.Find(ManifestKeys.Slots)?.Location,
            Items(mapping, ManifestKeys.Devices),
            mapping.Find(ManifestKeys.Devices)?.Location,
            [.. mapping.Entries.Where(entry => !ManifestKeys.DomainKeys.Contains(entry.Key))]);
    }

    private Located<ByteSize>? Size(ManifestMapping mapping)
    {
        if (Value(mapping, ManifestKeys.Memory) is not { } node || !_values.TryConvert(SizeType, node, null, $"'{ManifestKeys.Memory}'", out object? value))
            return null;
        var size = (ByteSize)value!;
        if (size.Bytes is 0 or > Composer.MaximumMemory)
            diagnostics.Error(ManifestDiagnosticIds.OutOfRange, $"'{ManifestKeys.Memory}' is {size}, which is out of range", node.Location, $"from 4KiB to {new ByteSize(Composer.MaximumMemory)}");
        else if (size.Bytes % PageSize != 0)
            diagnostics.Error(ManifestDiagnosticIds.OutOfRange, $"'{ManifestKeys.Memory}' is {size}, which is not a multiple of 4KiB", node.Location);
        else
            return new Located<ByteSize>(size, node.Location);
        return null;
    }

    private CpuManifest? Cpu(ManifestMapping parent, IReadOnlyList<string> keys)
    {
        if (Mapping(parent, ManifestKeys.Cpu) is not { } cpu)
            return null;
        RefuseUnknownKeys(cpu, keys, $"'{ManifestKeys.Cpu}'");
        return new CpuManifest(
            cpu.Location,
            keys.Contains(ManifestKeys.Core) ? OptionalText(cpu, ManifestKeys.Core) : null,
            OptionalText(cpu, ManifestKeys.Model),
            OptionalText(cpu, ManifestKeys.Engine),
            Value(cpu, ManifestKeys.Features) is null
                ? null
                : [.. Items(cpu, ManifestKeys.Features).Select(item => Text(item, $"an item of '{ManifestKeys.Features}'")).OfType<Located<string>>()]);
    }

    private Located<string>? Required(ManifestMapping mapping, string key)
    {
        if (mapping.Find(key) is not { } entry)
        {
            diagnostics.Error(ManifestDiagnosticIds.MissingKey, $"a domain needs '{key}'", mapping.Location);
            return null;
        }

        return Text(entry.Value, $"'{key}'");
    }

    private Located<string>? OptionalText(ManifestMapping mapping, string key) =>
        Value(mapping, key) is { } node ? Text(node, $"'{key}'") : null;

    private Located<string>? Text(ManifestNode node, string name)
    {
        if (node is ManifestScalar { IsNull: false, Text.Length: > 0 } scalar)
            return new Located<string>(scalar.Text, scalar.Location);
        diagnostics.Error(ManifestDiagnosticIds.WrongType, $"{name} needs a text, not {node.Description}", node.Location);
        return null;
    }

    /// <summary>The value of a key; null when it is not there or is nothing.</summary>
    private static ManifestNode? Value(ManifestMapping mapping, string key) =>
        mapping.Find(key)?.Value is { } node and not ManifestScalar { IsNull: true } ? node : null;

    private ManifestMapping? Mapping(ManifestMapping parent, string key)
    {
        ManifestNode? node = Value(parent, key);
        if (node is not null and not ManifestMapping)
            diagnostics.Error(ManifestDiagnosticIds.WrongType, $"'{key}' needs a mapping, not {node.Description}", node.Location);
        return node as ManifestMapping;
    }

    private IReadOnlyList<ManifestNode> Items(ManifestMapping parent, string key)
    {
        ManifestNode? node = Value(parent, key);
        if (node is not null and not ManifestSequence)
            diagnostics.Error(ManifestDiagnosticIds.WrongType, $"'{key}' needs a list, not {node.Description}", node.Location);
        return (node as ManifestSequence)?.Items ?? [];
    }

    private void RefuseUnknownKeys(ManifestMapping mapping, IReadOnlyList<string> known, string where)
    {
        foreach (ManifestEntry entry in mapping.Entries)
        {
            if (!known.Contains(entry.Key))
                diagnostics.Error(ManifestDiagnosticIds.UnknownKey, $"{where} has no key '{entry.Key}'", entry.Location, Suggest.For(entry.Key, known));
        }
    }
}
