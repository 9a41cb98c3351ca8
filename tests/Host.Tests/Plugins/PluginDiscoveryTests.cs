using Dominion.Diagnostics;
using Dominion.Host.Plugins;

namespace Dominion.Host.Tests.Plugins;

/// <summary>What discovery says of folders that hold no plugin.</summary>
public sealed class PluginDiscoveryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("dominion-plugins-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void ARootThatIsNotThereIsAnErrorUnlessItIsOptional()
    {
        string missing = Path.Combine(_root, "missing");
        using PluginCatalog asked = PluginCatalog.Discover([missing]);
        using PluginCatalog optional = PluginCatalog.Discover([new PluginRoot(missing, Optional: true)]);

        Diagnostic diagnostic = Assert.Single(asked.Diagnostics);
        Assert.Equal((PluginDiagnosticIds.RootMissing, DiagnosticSeverity.Error), (diagnostic.Id, diagnostic.Severity));
        Assert.Empty(optional.Diagnostics);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("")]
    [InlineData("MZ")]
    public void AFileThatIsNoAssemblyIsNamed(string content)
    {
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(_root, "broken")).FullName, "Broken.dll");
        File.WriteAllText(file, content);

        using PluginCatalog catalog = PluginCatalog.Discover([_root]);

        Diagnostic diagnostic = Assert.Single(catalog.Diagnostics);
        Assert.Equal((PluginDiagnosticIds.NotAnAssembly, new SourceLocation(file, 0, 0)), (diagnostic.Id, diagnostic.Location));
    }

    [Fact]
    public void ADamagedAssemblyIsNamedWhereverTheDamageIs()
    {
        byte[] sound = File.ReadAllBytes(typeof(PluginDiscoveryTests).Assembly.Location);
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(_root, "damaged")).FullName, "Damaged.dll");
        var random = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            byte[] damaged = [.. sound.AsSpan(0, i % 3 == 0 ? random.Next(sound.Length) : sound.Length)];
            for (int j = 0; j < 200 && damaged.Length > 0; j++)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(file, damaged);

            using PluginCatalog catalog = PluginCatalog.Discover([_root]);

            Assert.True(catalog.Diagnostics.Count > 0 || catalog.Plugins.Count == 1);
        }
    }

    [Fact]
    public void AnEmptyFolderIsAWarning()
    {
        Directory.CreateDirectory(Path.Combine(_root, "empty"));

        using PluginCatalog catalog = PluginCatalog.Discover([_root]);

        Diagnostic diagnostic = Assert.Single(catalog.Diagnostics);
        Assert.Equal((PluginDiagnosticIds.NoPluginInFolder, DiagnosticSeverity.Warning), (diagnostic.Id, diagnostic.Severity));
    }

    [Fact]
    public void TwoPluginsInOneFolderAreRefused()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root, "two")).FullName;
        string assembly = typeof(PluginDiscoveryTests).Assembly.Location;
        File.Copy(assembly, Path.Combine(folder, "One.dll"));
        File.Copy(assembly, Path.Combine(folder, "Two.dll"));

        using PluginCatalog catalog = PluginCatalog.Discover([_root]);

        Assert.Equal(PluginDiagnosticIds.SeveralPluginsInFolder, Assert.Single(catalog.Diagnostics).Id);
        Assert.Empty(catalog.Plugins);
        Assert.Equal(2, catalog.Refused.Count);
    }

    [Fact]
    public void AFolderThatIsReachedTwiceIsReadOnce()
    {
        Directory.CreateDirectory(Path.Combine(_root, "empty"));

        using PluginCatalog catalog = PluginCatalog.Discover([_root, _root + "/.", Path.Combine(_root, "empty/..")]);

        Assert.Single(catalog.Diagnostics);
    }
}
