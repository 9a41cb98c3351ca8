using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Dominion.Plugins;

namespace Dominion.Abstractions.Tests.PublicApi;

/// <summary>
/// The public API of the contracts is a file that is reviewed: src/Abstractions/PublicApi.txt. After a change that is meant, run the
/// tests once with the environment variable DOMINION_ACCEPT_API=1 and commit the file; a change that breaks plugins also raises
/// <see cref="ContractLevel.Current"/>.
/// </summary>
public sealed class PublicApiTests
{
    private const string AcceptVariable = "DOMINION_ACCEPT_API";

    [Fact]
    public void ThePublicApiIsTheCommittedOne()
    {
        string file = Path.Combine(RepositoryRoot(), "src/Abstractions/PublicApi.txt");
        string actual = PublicApiText.Of(typeof(ContractLevel).Assembly);
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
            File.WriteAllText(file, actual);

        string[] committed = File.Exists(file) ? File.ReadAllLines(file) : [];
        string[] now = actual.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        string difference = string.Join('\n', committed.Except(now).Select(line => "- " + line.Trim()).Concat(now.Except(committed).Select(line => "+ " + line.Trim())));
        Assert.True(committed.SequenceEqual(now), $"the public API differs from {file}; if that is meant, run the tests with {AcceptVariable}=1 and commit the file:\n{difference}");
    }

    [Fact]
    public void EveryPublicTypeIsDocumented()
    {
        string documentation = Path.ChangeExtension(typeof(ContractLevel).Assembly.Location, ".xml");
        HashSet<string> documented = [.. XDocument.Load(documentation).Descendants("member").Select(member => (string)member.Attribute("name")!)];

        Assert.All(typeof(ContractLevel).Assembly.GetExportedTypes(), type => Assert.Contains($"T:{type.FullName}", documented));
    }

    private static string RepositoryRoot([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));
}
