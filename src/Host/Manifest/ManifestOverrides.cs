using System.Globalization;
using Dominion.Diagnostics;

namespace Dominion.Host.Manifest;

/// <summary>
/// Applies <c>--set PATH=VALUE</c>. A path is keys with dots between; an item of a list is addressed by <c>[index]</c>, by its
/// <c>name</c>, or by a key that only it has. The value is YAML.
/// </summary>
internal sealed class ManifestOverrides
{
    private readonly string _argument;
    private readonly SourceLocation _location;
    private readonly DiagnosticBag _diagnostics;

    private ManifestOverrides(string argument, DiagnosticBag diagnostics)
    {
        _argument = argument;
        _location = new SourceLocation($"--set {argument}", 0, 0);
        _diagnostics = diagnostics;
    }

    public static ManifestMapping Apply(ManifestMapping root, IEnumerable<string> arguments, DiagnosticBag diagnostics)
    {
        foreach (string argument in arguments)
            root = new ManifestOverrides(argument, diagnostics).Apply(root);
        return root;
    }

    private ManifestMapping Apply(ManifestMapping root)
    {
        int equals = _argument.IndexOf('=', StringComparison.Ordinal);
        string[]? path = equals < 0 ? null : Split(_argument[..equals].Trim());
        if (path is null)
        {
            _diagnostics.Error(ManifestDiagnosticIds.BadOverride, "an override is PATH=VALUE", _location, "such as domains.web.memory=512MiB or domains[0].vcpus=2");
            return root;
        }

        string text = _argument[(equals + 1)..];
        int before = _diagnostics.ErrorCount;
        ManifestNode? value = YamlManifestParser.Parse(text, _location.File, _location, _diagnostics);
        if (_diagnostics.ErrorCount != before)
            return root;
        value ??= new ManifestScalar(_location, "", IsQuoted: false);
        return (ManifestMapping?)Set(root, path, 0, value) ?? root;
    }

    /// <summary>Splits <c>a.b[0].c</c> into <c>a</c>, <c>b</c>, <c>[0]</c>, <c>c</c>; null when it is none.</summary>
    private static string[]? Split(string path)
    {
        var segments = new List<string>();
        int position = 0;
        while (position < path.Length)
        {
            if (path[position] == '[')
            {
                int end = path.IndexOf(']', position);
                if (segments.Count == 0 || end < 0 || !int.TryParse(path.AsSpan(position + 1, end - position - 1), NumberStyles.None, CultureInfo.InvariantCulture, out _))
                    return null;
                segments.Add(path[position..(end + 1)]);
                position = end + 1;
                continue;
            }

            if (segments.Count > 0 && path[position++] != '.')
                return null;
            int next = path.AsSpan(position).IndexOfAny('.', '[');
            string key = next < 0 ? path[position..] : path[position..(position + next)];
            if (key.Length == 0)
                return null;
            segments.Add(key);
            position += key.Length;
        }

        return segments.Count is 0 or > ManifestLimits.Depth ? null : [.. segments];
    }

    /// <summary>The node with the value at the rest of the path; null when the path leads nowhere, which is reported.</summary>
    private ManifestNode? Set(ManifestNode? node, string[] path, int depth, ManifestNode value)
    {
        if (depth == path.Length)
            return value;
        string segment = path[depth];
        bool isIndex = segment[0] == '[';
        switch (node)
        {
            case ManifestSequence list:
                return SetItem(list, path, depth, value);
            case ManifestMapping mapping when !isIndex:
                return SetKey(mapping, path, depth, value);
            case null or ManifestScalar { IsNull: true }:
                return isIndex
                    ? SetItem(new ManifestSequence(_location, []), path, depth, value)
                    : SetKey(new ManifestMapping(_location, []), path, depth, value);
            case ManifestScalar shorthand when !isIndex && shorthand.Text == segment:
                // `board: NAME` and `slots: { com1: NAME }` are short for a mapping with that key.
                var entry = new ManifestEntry(segment, shorthand.Location, new ManifestScalar(shorthand.Location, "", IsQuoted: false));
                return SetKey(new ManifestMapping(shorthand.Location, [entry]), path, depth, value);
            default:
                return Nowhere(path, depth, $"there is {node.Description}, not {(isIndex ? "a list" : "a mapping")}");
        }
    }

    private ManifestNode? SetKey(ManifestMapping mapping, string[] path, int depth, ManifestNode value)
    {
        string key = path[depth];
        ManifestEntry? old = mapping.Find(key);
        if (Set(old?.Value, path, depth + 1, value) is not { } changed)
            return null;
        var entries = new List<ManifestEntry>(mapping.Entries);
        var entry = new ManifestEntry(key, old?.Location ?? _location, changed);
        if (old is null)
            entries.Add(entry);
        else
            entries[entries.IndexOf(old)] = entry;
        return mapping with { Entries = entries };
    }

    private ManifestNode? SetItem(ManifestSequence list, string[] path, int depth, ManifestNode value)
    {
        string segment = path[depth];
        int index = segment[0] == '['
            ? int.Parse(segment.AsSpan(1, segment.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture)
            : IndexOf(list, segment);
        if (index < 0)
        {
            string[] names = [.. list.Items.Select(NameOf).OfType<string>()];
            return Nowhere(path, depth, $"no item of the list is '{segment}'", Suggest.For(segment, names));
        }

        if (index > list.Items.Count)
            return Nowhere(path, depth, $"the list has {list.Items.Count} items");
        var items = new List<ManifestNode>(list.Items);
        if (Set(index < items.Count ? items[index] : null, path, depth + 1, value) is not { } changed)
            return null;
        if (index < items.Count)
            items[index] = changed;
        else
            items.Add(changed);
        return list with { Items = items };
    }

    private static int IndexOf(ManifestSequence list, string segment)
    {
        for (int i = 0; i < list.Items.Count; i++)
        {
            if (NameOf(list.Items[i]) == segment)
                return i;
        }

        int[] withKey = [.. Enumerable.Range(0, list.Items.Count).Where(i =>
            list.Items[i] is ManifestMapping mapping ? mapping.Find(segment) is not null : list.Items[i] is ManifestScalar scalar && scalar.Text == segment)];
        return withKey.Length == 1 ? withKey[0] : -1;
    }

    private static string? NameOf(ManifestNode node) =>
        node is ManifestMapping mapping && mapping.Find(ManifestKeys.Name)?.Value is ManifestScalar name ? name.Text : null;

    private ManifestNode? Nowhere(string[] path, int depth, string why, string? suggestion = null)
    {
        string reached = string.Join('.', path.Take(depth)).Replace(".[", "[", StringComparison.Ordinal);
        _diagnostics.Error(ManifestDiagnosticIds.OverridePath, $"the path leads nowhere: at '{reached}' {why}", _location, suggestion);
        return null;
    }
}
