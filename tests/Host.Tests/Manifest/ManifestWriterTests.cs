using Dominion.Diagnostics;
using Dominion.Host.Manifest;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Host.Tests.Manifest;

public sealed class ManifestWriterTests
{
    private static readonly SourceLocation Nowhere = new("", 0, 0);

    [Fact]
    public void What_is_written_reads_back_as_the_same()
    {
        Gen<string> text = Gen.Elements("", "a", "512MiB", "-avx", "-", "none", "null", "~", "true", "0x3f8", "a: b", "# no", "a,b", "{", "\"", "\\", "x\ny", "é\u2028", "console=ttyS0 quiet", "00:16:3e:00:00:01");
        Gen<ManifestNode> scalar = from word in text from quoted in Gen.Elements(true, false) select (ManifestNode)Scalar(word, quoted);
        Gen<ManifestNode> Node(int depth) => depth == 0
            ? scalar
            : Gen.OneOf(
                scalar,
                Node(depth - 1).ListOf(3).Select(items => (ManifestNode)new ManifestSequence(Nowhere, [.. items])),
                Mapping(depth).Select(mapping => (ManifestNode)mapping));
        Gen<ManifestMapping> Mapping(int depth) => Node(depth - 1).ListOf(3).Select(items =>
            new ManifestMapping(Nowhere, [.. items.Select((item, index) => new ManifestEntry($"key {index}:", Nowhere, item))]));
        Prop.ForAll(Mapping(3).ToArbitrary(), mapping =>
        {
            string written = ManifestWriter.Write(mapping);
            ManifestDocument? read = ManifestReader.Parse(System.Text.Encoding.UTF8.GetBytes(written), "machine.yaml", [], out IReadOnlyList<Diagnostic> problems);
            return (problems.Count == 0 && read is not null && Describe(read.Root) == Describe(mapping)).Label(written);
        }).QuickCheckThrowOnFailure();
    }

    private static ManifestScalar Scalar(string text, bool quoted) => new(Nowhere, text, quoted);

    // A text that only a quoted scalar can be is the same whether it is quoted or not.
    private static string Describe(ManifestNode node) => node switch
    {
        ManifestMapping mapping => $"{{{string.Join('|', mapping.Entries.Select(entry => $"{entry.Key}={Describe(entry.Value)}"))}}}",
        ManifestSequence list => $"[{string.Join('|', list.Items.Select(Describe))}]",
        ManifestScalar { IsNull: true } => "~",
        ManifestScalar { IsQuoted: false, Text: "512MiB" or "none" or "true" or "0x3f8" or "-avx" } plain => $"plain {plain.Text}",
        ManifestScalar scalar => $"text {scalar.Text}",
        _ => "",
    };
}
