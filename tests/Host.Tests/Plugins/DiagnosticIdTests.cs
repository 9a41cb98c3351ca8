using System.Reflection;
using Dominion.Host.Manifest;
using Dominion.Host.Plugins;

namespace Dominion.Host.Tests.Plugins;

public sealed class DiagnosticIdTests
{
    [Fact]
    public void EveryIdIsExplainedAndNoneIsUsedTwice()
    {
        string[] ids = [.. new[] { typeof(ManifestDiagnosticIds), typeof(PluginDiagnosticIds) }
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(field => (string)field.GetRawConstantValue()!)];
        string documentation = File.ReadAllText(Path.Combine(ThirdPartyFixture.RepositoryRoot(), "docs/manifest.md"));

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Contains($"| {id} |", documentation, StringComparison.Ordinal));
    }
}
