using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Dominion.Diagnostics;
using Dominion.Host.Composition;
using Dominion.Host.Plugins;
using Dominion.Host.Tests.Composition.TestPlugin;
using Dominion.Plugins;

namespace Dominion.Host.Tests.Plugins;

/// <summary>Plugins that were built by others, against the package: what works, and each way to be refused.</summary>
[Collection(ThirdPartyCollection.Name)]
public sealed class ThirdPartyPluginTests(ThirdPartyFixture fixture)
{
    private const string Manifest =
        """
        domains:
          - name: web
            type: bare
            memory: 64MiB
            kernel: vmlinuz
            board: test-board

        """;

    private const string Swap = "    slots: { com1: acme-uart }\n";

    private (string Name, string Source) Uart => ("Acme.Uart", fixture.UartFolder);

    [Fact]
    public void DiscoveryReadsMetadataAndLoadsNothing()
    {
        using PluginCatalog catalog = PluginCatalog.Discover([fixture.MakeRoot(Uart)]);

        Assert.Empty(catalog.Diagnostics);
        PluginDescriptor plugin = Assert.Single(catalog.Plugins);
        Assert.Equal(("acme.uart", "1.2.3", 1, 1, "Acme's serial port.", true), (plugin.Id, plugin.Version, plugin.MinimumLevel, plugin.MaximumLevel, plugin.Description, plugin.Collectible));
        ExportDescriptor export = Assert.Single(plugin.Exports);
        Assert.Equal((ExportKind.Device, "acme-uart", "Acme.Uart.AcmeUartFactory", "A 16550A serial port by Acme."), (export.Kind, export.Name, export.TypeName, export.Summary));
        Assert.StartsWith("Acme.Uart.AcmeUartOptions", export.OptionsTypeName, StringComparison.Ordinal);
        Assert.DoesNotContain(AssemblyLoadContext.All, context => context.Assemblies.Any(assembly => assembly.Location == plugin.AssemblyPath));
    }

    [Fact]
    public void AManifestSwapsABuiltInDeviceForAThirdPartysByOneLine()
    {
        using PluginCatalog catalog = Discover(Uart);
        Assert.IsType<TestUartFactory>(Assert.Single(Compose(catalog, Manifest).Plan!.Domains[0].Devices).Factory);

        CompositionResult swapped = Compose(catalog, Manifest + Swap);

        Assert.Empty(swapped.Diagnostics);
        DevicePlan device = Assert.Single(swapped.Plan!.Domains[0].Devices);
        Assert.Equal(("com1", "acme-uart"), (device.Slot, device.Export));
        object options = device.Options!;
        Assert.Equal((ushort)0x3f8, options.GetType().GetProperty("Port")!.GetValue(options));
        Assert.Equal("console", options.GetType().GetProperty("Stream")!.GetValue(options)!.ToString());
    }

    [Fact]
    public void APluginBringsItsOwnVersionOfAPackageAndSharesTheContracts()
    {
        using PluginCatalog catalog = Discover(Uart);
        object factory = Compose(catalog, Manifest + Swap).Plan!.Domains[0].Devices[0].Factory;
        Assembly assembly = factory.GetType().Assembly;
        AssemblyLoadContext context = AssemblyLoadContext.GetLoadContext(assembly)!;

        Assembly library = context.LoadFromAssemblyName(new AssemblyName("YamlDotNet"));

        Assert.NotSame(AssemblyLoadContext.Default, context);
        Assert.True(context.IsCollectible);
        Assert.Equal(15, library.GetName().Version!.Major);
        Assert.Equal(16, typeof(YamlDotNet.Core.Parser).Assembly.GetName().Version!.Major);
        Assert.Same(typeof(ContractLevel).Assembly, context.LoadFromAssemblyName(new AssemblyName("Dominion.Abstractions")));
        Assert.Throws<FileNotFoundException>(() => context.LoadFromAssemblyName(new AssemblyName("Microsoft.Extensions.Logging.Abstractions")));
    }

    [Fact]
    public void AManifestNamesItsOwnPluginFolders()
    {
        using PluginCatalog catalog = Discover();
        string root = fixture.MakeRoot(Uart);

        Assert.NotNull(Compose(catalog, $"plugins: [ '{Path.GetRelativePath("/manifests", root)}' ]\n{Manifest}{Swap}").Plan);
    }

    [Theory]
    [InlineData("WrongLevel", PluginDiagnosticIds.WrongContractLevel, "levels 7 to 9")]
    [InlineData("DuplicateExport", PluginDiagnosticIds.DuplicateExportInPlugin, "'twice'")]
    [InlineData("BadName", PluginDiagnosticIds.BadName, "'Not A Name'")]
    public void ABrokenPluginIsRefusedAndTheOthersGoOn(string variant, string id, string says)
    {
        using PluginCatalog catalog = Discover(Uart, fixture.Broken(variant));

        Diagnostic diagnostic = Assert.Single(catalog.Diagnostics);
        Assert.Equal((id, DiagnosticSeverity.Error), (diagnostic.Id, diagnostic.Severity));
        Assert.Contains(says, diagnostic.Message, StringComparison.Ordinal);
        CompositionResult result = Compose(catalog, Manifest + Swap);
        Assert.NotNull(result.Plan);
        Assert.Equal(DiagnosticSeverity.Warning, Assert.Single(result.Diagnostics).Severity);
    }

    [Fact]
    public void ADeviceOfARefusedPluginIsMissedWithTheReason()
    {
        using PluginCatalog catalog = Discover(fixture.Broken("WrongLevel"));

        CompositionResult result = Compose(catalog, Manifest + "    devices: [ from-the-future ]\n");

        Assert.Null(result.Plan);
        Assert.Equal([PluginDiagnosticIds.WrongContractLevel, PluginDiagnosticIds.NoSuchExport], result.Diagnostics.Select(diagnostic => diagnostic.Id));
        Assert.All(result.Diagnostics, diagnostic => Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity));
    }

    [Fact]
    public void AMissingDependencyIsFoundWithoutLoading()
    {
        string root = fixture.MakeRoot(fixture.Broken("Dependency"));
        File.Delete(Path.Combine(root, "Dependency/YamlDotNet.dll"));

        using PluginCatalog catalog = PluginCatalog.Discover([root]);

        Diagnostic diagnostic = Assert.Single(catalog.Diagnostics);
        Assert.Equal(PluginDiagnosticIds.MissingDependency, diagnostic.Id);
        Assert.Contains("'YamlDotNet'", diagnostic.Message, StringComparison.Ordinal);
        Assert.Empty(catalog.Plugins);
        Assert.Single(catalog.Refused);
    }

    [Fact]
    public void ADamagedDependencyIsALoadFailure()
    {
        string root = fixture.MakeRoot(fixture.Broken("Dependency"));
        File.WriteAllText(Path.Combine(root, "Dependency/YamlDotNet.dll"), "nothing of the kind");
        using PluginCatalog plain = Discover();
        PluginCatalog catalog = plain.Extend([new PluginRoot(root)]);

        CompositionResult result = Compose(catalog, Manifest + "    devices: [ dependent ]\n");

        Assert.Null(result.Plan);
        Assert.All(result.Diagnostics, diagnostic => Assert.Equal(PluginDiagnosticIds.LoadFailed, diagnostic.Id));
        Assert.NotEmpty(result.Diagnostics);
    }

    [Theory]
    [InlineData("throwing", PluginDiagnosticIds.ConstructorThrew, "InvalidOperationException: out of luck")]
    [InlineData("unrelated", PluginDiagnosticIds.ContractNotImplemented, "does not implement Dominion.Devices.IDeviceFactory")]
    [InlineData("abstract", PluginDiagnosticIds.ContractNotImplemented, "abstract")]
    [InlineData("importing", PluginDiagnosticIds.CompositionFailed, "'importing'")]
    [InlineData("bad-options", PluginDiagnosticIds.BadOptionsType, "no public constructor without parameters")]
    public void ABrokenPartIsRefusedAndTheOthersOfItsPluginGoOn(string device, string id, string says)
    {
        using PluginCatalog catalog = Discover(fixture.Broken("Parts"));

        CompositionResult broken = Compose(catalog, $"{Manifest}    devices: [ good, {device} ]\n");
        CompositionResult good = Compose(catalog, $"{Manifest}    devices: [ good ]\n");

        Assert.Null(broken.Plan);
        Assert.Contains(broken.Diagnostics, diagnostic => diagnostic.Id == id && diagnostic.Message.Contains(says, StringComparison.Ordinal) && diagnostic.Location?.Line == 7);
        Assert.All(broken.Diagnostics, diagnostic => Assert.Equal(id, diagnostic.Id));
        Assert.Empty(good.Diagnostics);
        Assert.NotNull(good.Plan);
    }

    [Fact]
    public void TwoExportsOfOneNameMustBeToldApart()
    {
        using PluginCatalog catalog = Discover(Uart, fixture.Broken("Rival"));

        Diagnostic ambiguous = Assert.Single(Compose(catalog, Manifest + Swap).Diagnostics);
        Assert.Equal(PluginDiagnosticIds.AmbiguousExport, ambiguous.Id);
        Assert.Contains("'acme.uart' and by plugin 'acme.rival'", ambiguous.Message, StringComparison.Ordinal);
        Assert.Equal((7, 20), (ambiguous.Location!.Value.Line, ambiguous.Location.Value.Column));

        DevicePlan picked = Assert.Single(Compose(catalog, Manifest + "    slots: { com1: acme.rival/acme-uart }\n").Plan!.Domains[0].Devices);
        Assert.Equal("RivalFactory", picked.Factory.GetType().Name);
        Diagnostic stranger = Assert.Single(Compose(catalog, Manifest + "    slots: { com1: acme.rivel/acme-uart }\n").Diagnostics);
        Assert.Equal((PluginDiagnosticIds.NoSuchPlugin, "did you mean 'acme.rival'?"), (stranger.Id, stranger.Suggestion));
    }

    [Fact]
    public void TwoPluginsOfOneIdAreReportedAndTheFirstIsUsed()
    {
        using PluginCatalog catalog = Discover(Uart, ("Copy", fixture.UartFolder));

        Diagnostic diagnostic = Assert.Single(catalog.Diagnostics);
        Assert.Equal(PluginDiagnosticIds.DuplicatePluginId, diagnostic.Id);
        Assert.Contains("Acme.Uart'", diagnostic.Message, StringComparison.Ordinal);
        Assert.Contains("Copy'", diagnostic.Message, StringComparison.Ordinal);
        Assert.NotNull(Compose(catalog, Manifest + Swap).Plan);
    }

    [Fact]
    public void ACollectiblePluginIsUnloaded()
    {
        WeakReference context = LoadAndDispose();
        for (int i = 0; context.IsAlive && i < 20; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            GC.WaitForPendingFinalizers();
        }

        Assert.False(context.IsAlive);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private WeakReference LoadAndDispose()
    {
        using PluginCatalog catalog = PluginCatalog.Discover([fixture.MakeRoot(Uart)]);
        object? factory = catalog.GetFactory<Dominion.Devices.IDeviceFactory>(catalog.Exports.Single(), out Diagnostic? problem);
        Assert.Null(problem);
        return new WeakReference(AssemblyLoadContext.GetLoadContext(factory!.GetType().Assembly));
    }

    private PluginCatalog Discover(params (string Name, string Source)[] plugins)
    {
        PluginCatalog catalog = PluginCatalog.Discover([fixture.MakeRoot(plugins)]);
        catalog.AddAssembly(typeof(TestCoreFactory).Assembly);
        return catalog;
    }

    private static CompositionResult Compose(PluginCatalog catalog, string manifest) =>
        Composer.ComposeText(Encoding.UTF8.GetBytes(manifest), "/manifests/test.yaml", [], catalog, new HostLimits(8UL << 30));
}
