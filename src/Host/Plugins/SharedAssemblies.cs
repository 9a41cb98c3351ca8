using System.Composition;
using System.Composition.Convention;
using System.Composition.Hosting;
using System.Composition.Hosting.Core;
using System.Reflection;
using Dominion.Plugins;

namespace Dominion.Host.Plugins;

/// <summary>The assemblies that plugins share with the host: the contracts and System.Composition, nothing else.</summary>
internal static class SharedAssemblies
{
    public static readonly IReadOnlyList<Assembly> All = new[]
    {
        typeof(ContractLevel).Assembly,
        typeof(ExportAttribute).Assembly,
        typeof(AttributedModelProvider).Assembly,
        typeof(CompositionHost).Assembly,
        typeof(CompositionContract).Assembly,
        typeof(CompositionContext).Assembly,
        typeof(ContainerConfiguration).Assembly,
    }.Distinct().ToList();

    private static readonly HashSet<string> Names = new(All.Select(assembly => assembly.GetName().Name!), StringComparer.OrdinalIgnoreCase);

    public static bool IsShared(string simpleName) => Names.Contains(simpleName);
}
