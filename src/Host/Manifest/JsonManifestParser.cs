using System.Text;
using System.Text.Json;
using Dominion.Diagnostics;

namespace Dominion.Host.Manifest;

/// <summary>Makes nodes from JSON (RFC 8259), without comments and trailing commas.</summary>
internal ref struct JsonManifestParser
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly string _file;
    private readonly DiagnosticBag _diagnostics;
    private Utf8JsonReader _reader;
    private int _position;
    private int _line;
    private int _lineStart;

    private JsonManifestParser(ReadOnlySpan<byte> text, string file, DiagnosticBag diagnostics)
    {
        _text = text;
        _file = file;
        _diagnostics = diagnostics;
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = ManifestLimits.Depth + 1 });
        _line = 1;
    }

    /// <summary>Parses a text.</summary>
    /// <param name="text">The text in UTF-8 without a byte order mark.</param>
    /// <param name="file">The file's name for locations.</param>
    /// <param name="diagnostics">Takes what is wrong.</param>
    /// <returns>The root, or null when the text is refused.</returns>
    public static ManifestNode? Parse(ReadOnlySpan<byte> text, string file, DiagnosticBag diagnostics)
    {
        var parser = new JsonManifestParser(text, file, diagnostics);
        try
        {
            parser._reader.Read();
            ManifestNode root = parser.ParseValue();
            parser._reader.Read();
            return root;
        }
        catch (JsonException e)
        {
            int line = (int)(e.LineNumber ?? 0) + 1;
            int column = (int)(e.BytePositionInLine ?? 0) + 1;
            string message = e.Message;
            int place = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            if (place >= 0)
                message = message[..place];
            diagnostics.Error(
                ManifestDiagnosticIds.Syntax,
                $"not well-formed JSON: {message.TrimEnd('.')}",
                new SourceLocation(file, line, column));
        }
        catch (ManifestTooDeepException e)
        {
            diagnostics.Error(ManifestDiagnosticIds.TooLarge, $"nesting is deeper than {ManifestLimits.Depth} levels", e.Location);
        }
        catch (InvalidOperationException e)
        {
            // Utf8JsonReader.GetString on an escaped lone surrogate.
            diagnostics.Error(ManifestDiagnosticIds.Syntax, $"not well-formed JSON: {e.Message.TrimEnd('.')}", parser.Here());
        }

        return null;
    }

    private ManifestNode ParseValue()
    {
        SourceLocation location = Here();
        if (_reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && _reader.CurrentDepth >= ManifestLimits.Depth)
            throw new ManifestTooDeepException(location);
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var entries = new ManifestEntryList(_diagnostics);
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
                {
                    SourceLocation keyLocation = Here();
                    string key = _reader.GetString()!;
                    _reader.Read();
                    entries.Add(key, keyLocation, ParseValue());
                }

                return new ManifestMapping(location, entries.ToList());
            case JsonTokenType.StartArray:
                var items = new List<ManifestNode>();
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                    items.Add(ParseValue());
                return new ManifestSequence(location, items);
            case JsonTokenType.String:
                return new ManifestScalar(location, _reader.GetString()!, IsQuoted: true);
            default:
                return new ManifestScalar(location, Encoding.UTF8.GetString(_reader.ValueSpan), IsQuoted: false);
        }
    }

    /// <summary>The place of the current token; tokens are asked for in their order, so the text is walked once.</summary>
    private SourceLocation Here()
    {
        int target = (int)_reader.TokenStartIndex;
        for (; _position < target; _position++)
        {
            if (_text[_position] == (byte)'\n')
            {
                _line++;
                _lineStart = _position + 1;
            }
        }

        return new SourceLocation(_file, _line, Encoding.UTF8.GetCharCount(_text[_lineStart..target]) + 1);
    }
}
