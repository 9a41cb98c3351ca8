using Dominion.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Dominion.Host.Manifest;

/// <summary>Makes nodes from YAML's events. Anchors, aliases and tags are refused, so a text's nodes are never more than the text is long.</summary>
internal sealed class YamlManifestParser
{
    private readonly string _file;
    private readonly SourceLocation? _fixedLocation;
    private readonly DiagnosticBag _diagnostics;
    private readonly Parser _parser;
    private int _depth;

    private YamlManifestParser(string text, string file, SourceLocation? fixedLocation, DiagnosticBag diagnostics)
    {
        _file = file;
        _fixedLocation = fixedLocation;
        _diagnostics = diagnostics;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>Parses a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The file's name for locations.</param>
    /// <param name="fixedLocation">The location of every node when the text is in no file.</param>
    /// <param name="diagnostics">Takes what is wrong.</param>
    /// <returns>The root, or null when the text is refused or empty.</returns>
    public static ManifestNode? Parse(string text, string file, SourceLocation? fixedLocation, DiagnosticBag diagnostics)
    {
        var parser = new YamlManifestParser(text, file, fixedLocation, diagnostics);
        try
        {
            return parser.ParseStream();
        }
        catch (YamlException e)
        {
            diagnostics.Error(ManifestDiagnosticIds.Syntax, Sentence(e), fixedLocation ?? new SourceLocation(file, (int)e.Start.Line, (int)e.Start.Column));
        }
        catch (ManifestTooDeepException e)
        {
            diagnostics.Error(ManifestDiagnosticIds.TooLarge, $"nesting is deeper than {ManifestLimits.Depth} levels", e.Location);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The YAML library answers some malformed texts with these instead of its own exception.
            diagnostics.Error(ManifestDiagnosticIds.Syntax, $"not well-formed YAML: {e.Message}", fixedLocation ?? new SourceLocation(file, 0, 0));
        }

        return null;
    }

    private static string Sentence(YamlException e)
    {
        string message = e.InnerException is { } inner ? $"{e.Message}: {inner.Message}" : e.Message;
        return message.TrimEnd('.');
    }

    private ManifestNode? ParseStream()
    {
        ManifestNode? root = null;
        bool refused = false;
        while (_parser.MoveNext())
        {
            switch (_parser.Current)
            {
                case StreamStart or StreamEnd or DocumentStart or DocumentEnd or Comment:
                    break;
                case { } current when root is not null || refused:
                    _diagnostics.Error(ManifestDiagnosticIds.UnsupportedYaml, "a manifest is one document", At(current.Start));
                    return null;
                default:
                    root = ParseNode();
                    refused = root is null;
                    break;
            }
        }

        return root;
    }

    /// <summary>Parses the node whose first event is the current one, and leaves its last event current. Null when it is refused.</summary>
    private ManifestNode? ParseNode()
    {
        ParsingEvent start = _parser.Current!;
        SourceLocation location = At(start.Start);
        if (start is AnchorAlias alias)
        {
            _diagnostics.Error(ManifestDiagnosticIds.UnsupportedYaml, $"the alias '*{alias.Value}': manifests have no anchors and aliases", location, "write the value out");
            return null;
        }

        if (start is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            _diagnostics.Error(ManifestDiagnosticIds.UnsupportedYaml, $"the anchor '&{anchored.Anchor.Value}': manifests have no anchors and aliases", location, "remove it");
        }

        if (start is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } } tagged)
            _diagnostics.Error(ManifestDiagnosticIds.UnsupportedYaml, $"the tag '{tagged.Tag.Value}': manifests have no tags", location, "remove it; the option's type decides");

        if (start is Scalar scalar)
            return new ManifestScalar(location, scalar.Value, scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any));
        if (++_depth > ManifestLimits.Depth)
            throw new ManifestTooDeepException(location);
        ManifestNode? node = start is SequenceStart ? ParseSequence(location) : ParseMapping(location);
        _depth--;
        return node;
    }

    private ManifestSequence ParseSequence(SourceLocation location)
    {
        var items = new List<ManifestNode>();
        while (Next() is not SequenceEnd)
        {
            if (ParseNode() is { } item)
                items.Add(item);
        }

        return new ManifestSequence(location, items);
    }

    private ManifestMapping ParseMapping(SourceLocation location)
    {
        var entries = new ManifestEntryList(_diagnostics);
        while (Next() is not MappingEnd)
        {
            SourceLocation keyLocation = At(_parser.Current!.Start);
            ManifestNode? key = ParseNode();
            Next();
            ManifestNode? value = ParseNode();
            if (key is ManifestScalar { Text.Length: > 0 } name)
            {
                if (value is not null)
                    entries.Add(name.Text, keyLocation, value);
            }
            else if (key is not null)
            {
                _diagnostics.Error(ManifestDiagnosticIds.UnsupportedYaml, "a key is a text", keyLocation);
            }
        }

        return new ManifestMapping(location, entries.ToList());
    }

    private ParsingEvent Next()
    {
        do
        {
            if (!_parser.MoveNext())
                throw new YamlException("the text ends early");
        }
        while (_parser.Current is Comment);
        return _parser.Current!;
    }

    private SourceLocation At(in Mark mark) => _fixedLocation ?? new SourceLocation(_file, (int)mark.Line, (int)mark.Column);
}
