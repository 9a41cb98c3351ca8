using System.Composition;
using System.Composition.Hosting;
using System.Reflection;
using Dominion.Diagnostics;
using Dominion.Plugins;

namespace Dominion.Host.Plugins;

/// <summary>A plugin whose assembly is loaded. Its parts are composed when they are asked for, one by one.</summary>
internal sealed class ActivatedPlugin : IDisposable
{
    private readonly PluginDescriptor _descriptor;
    private readonly Assembly _assembly;
    private readonly PluginLoader? _loader;
    private readonly List<IDisposable> _owned = [];
    private List<Type>? _parts;
    private CompositionHost? _host;

    private ActivatedPlugin(PluginDescriptor descriptor, Assembly assembly, PluginLoader? loader)
    {
        _descriptor = descriptor;
        _assembly = assembly;
        _loader = loader;
    }

    /// <summary>Loads the plugin, or takes the assembly that the host has loaded already.</summary>
    public static ActivatedPlugin? Load(PluginDescriptor descriptor, Assembly? inProcess, out Diagnostic? problem)
    {
        problem = null;
        if (inProcess is not null)
            return new ActivatedPlugin(descriptor, inProcess, null);
        PluginLoader? loader = null;
        try
        {
            loader = PluginLoader.CreateFromAssemblyFile(descriptor.AssemblyPath, descriptor.Collectible, SharedAssemblies.All);
            return new ActivatedPlugin(descriptor, loader.LoadDefaultAssembly(), loader);
        }
        catch (Exception e) when (IsLoadFailure(e) || e is InvalidOperationException)
        {
            loader?.Dispose();
            problem = Error(descriptor, PluginDiagnosticIds.LoadFailed, $"plugin '{descriptor.Id}' does not load: {e.Message}");
            return null;
        }
    }

    /// <summary>Finds an export's class and checks it against its contract.</summary>
    public Type? FindType(ExportDescriptor export, out Diagnostic? problem)
    {
        string what = Describe(export);
        try
        {
            Type type = _assembly.GetType(export.TypeName, throwOnError: true)!;
            Type contract = ExportKindNames.Contract(export.Kind);
            if (type.IsAbstract || type.ContainsGenericParameters)
                problem = Error(_descriptor, PluginDiagnosticIds.ContractNotImplemented, $"{what}: {export.TypeName} is abstract or generic, so it cannot be made");
            else if (!contract.IsAssignableFrom(type))
                problem = Error(_descriptor, PluginDiagnosticIds.ContractNotImplemented, $"{what}: {export.TypeName} does not implement {contract.FullName}");
            else
                problem = null;
            return problem is null ? type : null;
        }
        catch (Exception e) when (IsLoadFailure(e))
        {
            problem = LoadProblem(export, e);
            return null;
        }
    }

    /// <summary>Finds the options type of an export; null without a problem when it takes none.</summary>
    public Type? FindOptionsType(ExportDescriptor export, out Diagnostic? problem)
    {
        Type? type = FindType(export, out problem);
        if (type is null)
            return null;
        try
        {
            return Attribute(type, export).Options;
        }
        catch (Exception e) when (IsLoadFailure(e) || e is CustomAttributeFormatException)
        {
            problem = LoadProblem(export, e);
            return null;
        }
    }

    /// <summary>Makes the exporting object.</summary>
    public object? Create(ExportDescriptor export, out Diagnostic? problem)
    {
        Type? type = FindType(export, out problem);
        if (type is null)
            return null;
        try
        {
            return Compose(export, type, out problem);
        }
        catch (Exception e) when (IsLoadFailure(e))
        {
            problem = LoadProblem(export, e);
        }
        catch (CompositionFailedException e)
        {
            problem = Error(_descriptor, PluginDiagnosticIds.CompositionFailed, $"{Describe(export)}: {FirstLine(e.Message)}");
        }
        catch (Exception e)
        {
            // The plugin's own constructor, or what it imports: whatever it throws is its defect, and a diagnostic of ours.
            Exception cause = e is TargetInvocationException { InnerException: { } inner } ? inner : e;
            problem = cause is DiagnosticException refusal
                ? refusal.Diagnostic
                : Error(_descriptor, PluginDiagnosticIds.ConstructorThrew, $"{Describe(export)}: making {export.TypeName} threw {cause.GetType().Name}: {FirstLine(cause.Message)}");
        }

        return null;
    }

    public void Dispose()
    {
        for (int i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
        _owned.Clear();
        _parts = null;
        _loader?.Dispose();
    }

    private static PluginExportAttribute Attribute(Type type, ExportDescriptor export) =>
        type.GetCustomAttributes<PluginExportAttribute>(inherit: false).First(attribute => attribute.Kind == export.Kind && attribute.Name == export.Name);

    private static bool IsLoadFailure(Exception e) =>
        e is IOException or BadImageFormatException or TypeLoadException or MissingMemberException or ReflectionTypeLoadException or UnauthorizedAccessException;

    private static string Describe(ExportDescriptor export) =>
        $"{ExportKindNames.Of(export.Kind)} '{export.Name}' of plugin '{export.PluginId}'";

    private static string FirstLine(string text) => text.Split('\n')[0].TrimEnd();

    private static Diagnostic Error(PluginDescriptor plugin, string id, string message) =>
        new(id, DiagnosticSeverity.Error, message, new SourceLocation(plugin.AssemblyPath, 0, 0));

    private Diagnostic LoadProblem(ExportDescriptor export, Exception e) =>
        Error(_descriptor, PluginDiagnosticIds.LoadFailed, $"{Describe(export)} does not load: {FirstLine(e.Message)}");

    private object? Compose(ExportDescriptor export, Type type, out Diagnostic? problem)
    {
        problem = null;
        ExportFactory<object, PluginExportMetadata>? factory;
        try
        {
            _host ??= Own(new ContainerConfiguration().WithDefaultConventions(PartAttributes.Instance).WithParts(Parts()).CreateContainer());
            factory = Find(_host, export);
        }
        catch (CompositionFailedException)
        {
            // System.Composition refuses every export of a contract when one of them cannot be composed. The others are still
            // usable: this one is tried with nothing beside it but the plugin's unnamed parts; if it is the bad one, that throws.
            HashSet<string> named = [.. _descriptor.Exports.Select(other => other.TypeName)];
            IEnumerable<Type> parts = Parts().Where(part => !named.Contains(part.FullName!)).Append(type);
            factory = Find(Own(new ContainerConfiguration().WithDefaultConventions(PartAttributes.Instance).WithParts(parts).CreateContainer()), export);
        }

        if (factory is null)
        {
            problem = Error(_descriptor, PluginDiagnosticIds.CompositionFailed, $"{Describe(export)} is not among the parts that System.Composition finds");
            return null;
        }

        Export<object> made = factory.CreateExport();
        _owned.Add(made);
        return made.Value;
    }

    private T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }

    private static ExportFactory<object, PluginExportMetadata>? Find(CompositionHost host, ExportDescriptor export)
    {
        bool Matches(PluginExportMetadata metadata) => metadata.Kind == export.Kind && metadata.Name == export.Name;
        return export.Kind switch
        {
            ExportKind.CpuCore => Find<Cpu.ICpuCoreFactory>(host, Matches),
            ExportKind.Extension => Find<Cpu.ICpuExtensionFactory>(host, Matches),
            ExportKind.DomainType => Find<Domains.IDomainTypeFactory>(host, Matches),
            ExportKind.Board => Find<Devices.IBoardFactory>(host, Matches),
            ExportKind.Device => Find<Devices.IDeviceFactory>(host, Matches),
            ExportKind.Backend => Find<Split.IBackendFactory>(host, Matches),
            ExportKind.Frontend => Find<Split.IFrontendFactory>(host, Matches),
            ExportKind.Service => Find<Services.IServiceFactory>(host, Matches),
            _ => Find<Dominion.Tools.ITool>(host, Matches),
        };
    }

    private static ExportFactory<object, PluginExportMetadata>? Find<TContract>(CompositionHost host, Func<PluginExportMetadata, bool> matches)
        where TContract : class
    {
        foreach (ExportFactory<TContract, PluginExportMetadata> factory in host.GetExports<ExportFactory<TContract, PluginExportMetadata>>())
        {
            if (!matches(factory.Metadata))
                continue;
            return new ExportFactory<object, PluginExportMetadata>(
                () =>
                {
                    Export<TContract> made = factory.CreateExport();
                    return Tuple.Create<object, Action>(made.Value, made.Dispose);
                },
                factory.Metadata);
        }

        return null;
    }

    /// <summary>The part types that load. One that does not is reported when it is asked for by name.</summary>
    private List<Type> Parts()
    {
        if (_parts is not null)
            return _parts;
        _parts = [];
        foreach (string name in _descriptor.PartTypeNames)
        {
            Type? type;
            try
            {
                type = _assembly.GetType(name, throwOnError: false);
                if (type is null || type.IsAbstract || type.ContainsGenericParameters)
                    continue;
                foreach (ExportAttribute attribute in type.GetCustomAttributes<ExportAttribute>(inherit: false))
                {
                    if (attribute.ContractType is { } contract && !contract.IsAssignableFrom(type))
                        type = null;
                    if (type is null)
                        break;
                }
            }
            catch (Exception e) when (IsLoadFailure(e) || e is CustomAttributeFormatException)
            {
                continue;
            }

            if (type is not null)
                _parts.Add(type);
        }

        return _parts;
    }
}
