using System.Text.RegularExpressions;

namespace Dominion.Host.Tests.Plugins;

/// <summary>The ids of all diagnostics that the product declares, found in its sources.</summary>
public sealed partial class DiagnosticIdTests
{
    private static readonly string Root = ThirdPartyFixture.RepositoryRoot();

    [Fact]
    public void EveryIdIsDeclaredOnce()
    {
        ILookup<string, string> declared = Declared();

        Assert.NotEmpty(declared);
        Assert.All(declared, id => Assert.True(id.Count() == 1, $"{id.Key} is declared in {string.Join(" and ", id)}"));
    }

    [Fact]
    public void TheManualExplainsEveryIdOnceAndNoOther()
    {
        string manual = File.ReadAllText(Path.Combine(Root, "docs/manifest.md"));
        string[] explained = [.. ManualRow().Matches(manual).Select(row => row.Groups[1].Value)];

        Assert.Equal(Declared().Select(id => id.Key).Order(), explained.Order());
    }

    [Theory]
    [InlineData("src/Host/Manifest", "DOM1")]
    [InlineData("src/Host/Plugins", "DOM2")]
    [InlineData("plugins/FullVirt", "DOM30")]
    [InlineData("plugins/Cpu.X86", "DOM31")]
    [InlineData("plugins/Devices.Pc", "DOM32")]
    [InlineData("plugins/Services.Local", "DOM33")]
    [InlineData("plugins/Oracle.X86", "DOM34")]
    [InlineData("plugins/Devices.Split", "DOM35")]
    [InlineData("plugins/Paravirt.Xen", "DOM36")]
    [InlineData("src/Host/Machine", "DOM5")]
    [InlineData("src/Host/Control", "DOM6")]
    public void EachPartHasItsOwnRange(string folder, string prefix)
    {
        string[] inside = [.. Declared().Where(id => id.Any(file => file.StartsWith(folder + "/", StringComparison.Ordinal))).Select(id => id.Key)];

        Assert.NotEmpty(inside);
        Assert.All(inside, id => Assert.StartsWith(prefix, id, StringComparison.Ordinal));
    }

    /// <summary>From each id to the sources that declare it, once for each place.</summary>
    private static ILookup<string, string> Declared() => new[] { "src", "plugins" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
        .Select(file => Path.GetRelativePath(Root, file))
        .Where(file => !file.Split('/').Any(part => part is "obj" or "bin"))
        .SelectMany(file => Literal().Matches(File.ReadAllText(Path.Combine(Root, file))).Select(match => (Id: match.Groups[1].Value, File: file)))
        .ToLookup(declaration => declaration.Id, declaration => declaration.File);

    [GeneratedRegex("\"(DOM[0-9]{4})\"")]
    private static partial Regex Literal();

    [GeneratedRegex("^\\| (DOM[0-9]{4}) \\|", RegexOptions.Multiline)]
    private static partial Regex ManualRow();
}
