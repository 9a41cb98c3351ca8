using System.Collections;
using System.Globalization;
using System.Reflection;
using Dominion.Devices;
using Dominion.Diagnostics;
using Dominion.Plugins;

namespace Dominion.Host.Manifest.Options;

/// <summary>Turns nodes into the values of options types.</summary>
internal sealed class OptionBinder(OptionScope scope, DiagnosticBag diagnostics)
{
    /// <summary>Binds a set of options.</summary>
    /// <param name="model">The options type.</param>
    /// <param name="entries">What the manifest gives.</param>
    /// <param name="where">The place to name when an option is missing.</param>
    /// <param name="owner">What the options belong to, for messages.</param>
    /// <param name="preset">An object that has some options set already, which then count as given; or null.</param>
    /// <param name="presetNames">The names of those options.</param>
    /// <param name="otherKeys">The keys that may stand beside the options, for suggestions; or null.</param>
    /// <returns>The bound object, or null when something is wrong, which is reported.</returns>
    public object? Bind(OptionsModel model, IEnumerable<ManifestEntry> entries, SourceLocation where, string owner, object? preset = null, IReadOnlySet<string>? presetNames = null, IEnumerable<string>? otherKeys = null)
    {
        int before = diagnostics.ErrorCount;
        object target = preset ?? model.CreateDefault();
        var given = new HashSet<string>(presetNames ?? new HashSet<string>(), StringComparer.Ordinal);
        foreach (ManifestEntry entry in entries)
        {
            if (model.Find(entry.Key) is not { } property)
            {
                diagnostics.Error(
                    ManifestDiagnosticIds.UnknownKey,
                    $"{owner} has no option '{entry.Key}'",
                    entry.Location,
                    Suggest.For(entry.Key, model.Properties.Select(option => option.Name).Concat(otherKeys ?? [])));
                continue;
            }

            given.Add(property.Name);
            if (TryConvert(property.Type, entry.Value, property, $"'{entry.Key}'", out object? value))
                Assign(property, target, value, entry.Location);
        }

        foreach (OptionProperty property in model.Properties)
        {
            if (property.IsRequired && !given.Contains(property.Name))
                diagnostics.Error(ManifestDiagnosticIds.MissingKey, $"{owner} needs the option '{property.Name}'", where, property.Description.Length > 0 ? property.Description : null);
        }

        return diagnostics.ErrorCount == before ? target : null;
    }

    /// <summary>Sets one option from a value that a board gives.</summary>
    /// <returns>Whether the option takes it.</returns>
    public bool TryPreset(OptionProperty property, object target, object value)
    {
        if (!property.Type.ClrType.IsInstanceOfType(value))
        {
            string? text = value switch
            {
                bool flag => flag ? "true" : "false",
                Enum choice => OptionsModel.ManifestName(choice.ToString()),
                IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
                _ => value.ToString(),
            };
            var quiet = new DiagnosticBag();
            var node = new ManifestScalar(default, text ?? "", IsQuoted: false);
            if (!new OptionBinder(scope, quiet).TryConvert(property.Type, node, property, property.Name, out object? converted))
                return false;
            value = converted!;
        }

        return Assign(property, target, value, null);
    }

    /// <summary>Converts a node; what is wrong with it is reported.</summary>
    public bool TryConvert(OptionType type, ManifestNode node, OptionProperty? property, string name, out object? value)
    {
        value = null;
        if (node is ManifestScalar { IsNull: true } && type.Kind != OptionKind.Text)
        {
            if (type.AllowsNull)
                return true;
            diagnostics.Error(ManifestDiagnosticIds.WrongType, $"{name} needs {Expected(type)}, not nothing", node.Location);
            return false;
        }

        switch (type.Kind)
        {
            case OptionKind.List:
                return TryList(type, node, property, name, out value);
            case OptionKind.Record:
                if (node is not ManifestMapping mapping)
                    return Mismatch(type, node, name);
                value = Bind(type.Record!, mapping.Entries, mapping.Location, name);
                return value is not null;
            default:
                return node is ManifestScalar scalar ? TryScalar(type, scalar, property, name, out value) : Mismatch(type, node, name);
        }
    }

    /// <summary>What a manifest should write for a type.</summary>
    public static string Expected(OptionType type) => type.Kind switch
    {
        OptionKind.Boolean => "true or false",
        OptionKind.Integer => "a whole number",
        OptionKind.Number => "a number",
        OptionKind.Text => "a text",
        OptionKind.Size => "a size such as 512MiB",
        OptionKind.Path => "a path",
        OptionKind.MacAddress => "a MAC address such as 00:16:3e:00:00:01",
        OptionKind.Service => "the name of a service",
        OptionKind.Choice => $"one of {string.Join(", ", Choices(type.ClrType))}",
        OptionKind.List => "a list",
        _ => "a mapping",
    };

    /// <summary>The names of an enumeration's members.</summary>
    public static IEnumerable<string> Choices(Type type) => Enum.GetNames(type).Select(OptionsModel.ManifestName);

    private bool TryList(OptionType type, ManifestNode node, OptionProperty? property, string name, out object? value)
    {
        value = null;
        if (node is not ManifestSequence sequence)
            return Mismatch(type, node, name);
        OptionType element = type.Element!;
        Type elementType = element.AllowsNull && element.ClrType.IsValueType ? typeof(Nullable<>).MakeGenericType(element.ClrType) : element.ClrType;
        var items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(elementType))!;
        bool good = true;
        for (int i = 0; i < sequence.Items.Count; i++)
        {
            if (TryConvert(element, sequence.Items[i], property, $"item {i} of {name}", out object? item))
                items.Add(item);
            else
                good = false;
        }

        if (type.ClrType.IsArray)
        {
            var array = Array.CreateInstance(elementType, items.Count);
            items.CopyTo(array, 0);
            value = array;
        }
        else
        {
            value = items;
        }

        return good;
    }

    private bool TryScalar(OptionType type, ManifestScalar scalar, OptionProperty? property, string name, out object? value)
    {
        value = null;
        string text = scalar.Text;
        switch (type.Kind)
        {
            case OptionKind.Text:
                if (scalar.IsNull && scalar.Text.Length > 0 && type.AllowsNull)
                    return true;
                value = text;
                return true;
            case OptionKind.Boolean when !scalar.IsQuoted && text is "true" or "false":
                value = text == "true";
                return true;
            case OptionKind.Integer when ScalarText.TryInteger(text, out Int128 number):
                return TryInteger(type, scalar, number, property, name, out value);
            case OptionKind.Number when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && double.IsFinite(real):
                if (property?.Range is { } bounds && (real < bounds.Minimum || real > bounds.Maximum))
                    return OutOfRange(scalar, name, bounds.Minimum, bounds.Maximum);
                value = type.ClrType == typeof(float) ? (float)real : real;
                return true;
            case OptionKind.Size:
                return TrySize(scalar, property, name, out value);
            case OptionKind.MacAddress when Dominion.Devices.MacAddress.TryParse(text, out MacAddress address):
                value = address;
                return true;
            case OptionKind.Path:
                return TryPath(scalar, name, out value);
            case OptionKind.Service:
                return TryService(type, scalar, name, out value);
            case OptionKind.Choice:
                foreach (string member in Enum.GetNames(type.ClrType))
                {
                    if (OptionsModel.ManifestName(member) == text)
                        value = Enum.Parse(type.ClrType, member);
                }

                if (value is null)
                    diagnostics.Error(ManifestDiagnosticIds.UnknownChoice, $"{name} cannot be {scalar.Description}", scalar.Location, Suggest.For(text, Choices(type.ClrType)));
                return value is not null;
            default:
                return Mismatch(type, scalar, name);
        }
    }

    private bool TryInteger(OptionType type, ManifestScalar scalar, Int128 number, OptionProperty? property, string name, out object? value)
    {
        (Int128 minimum, Int128 maximum) = Type.GetTypeCode(type.ClrType) switch
        {
            TypeCode.Byte => (byte.MinValue, byte.MaxValue),
            TypeCode.SByte => (sbyte.MinValue, sbyte.MaxValue),
            TypeCode.Int16 => (short.MinValue, short.MaxValue),
            TypeCode.UInt16 => (ushort.MinValue, ushort.MaxValue),
            TypeCode.Int32 => (int.MinValue, int.MaxValue),
            TypeCode.UInt32 => ((Int128)uint.MinValue, (Int128)uint.MaxValue),
            TypeCode.Int64 => (long.MinValue, long.MaxValue),
            _ => ((Int128)ulong.MinValue, (Int128)ulong.MaxValue),
        };
        if (property?.Range is { } range)
        {
            minimum = Int128.Max(minimum, range.Minimum);
            maximum = Int128.Min(maximum, range.Maximum);
        }

        value = null;
        if (number < minimum || number > maximum)
            return OutOfRange(scalar, name, minimum, maximum);
        value = number < 0
            ? Convert.ChangeType((long)number, type.ClrType, CultureInfo.InvariantCulture)
            : Convert.ChangeType((ulong)number, type.ClrType, CultureInfo.InvariantCulture);
        return true;
    }

    private bool TrySize(ManifestScalar scalar, OptionProperty? property, string name, out object? value)
    {
        value = null;
        if (!ScalarText.TrySize(scalar.Text, out ByteSize size))
        {
            diagnostics.Error(ManifestDiagnosticIds.WrongType, $"{name} needs a size, not {scalar.Description}", scalar.Location, ScalarText.SizeHint(scalar.Text));
            return false;
        }

        if (property?.Range is { } range && ((Int128)size.Bytes < range.Minimum || (Int128)size.Bytes > range.Maximum))
        {
            diagnostics.Error(
                ManifestDiagnosticIds.OutOfRange,
                $"{name} is {size}, which is out of range",
                scalar.Location,
                $"from {new ByteSize((ulong)Math.Max(0, range.Minimum))} to {new ByteSize((ulong)Math.Max(0, range.Maximum))}");
            return false;
        }

        value = size;
        return true;
    }

    private bool TryPath(ManifestScalar scalar, string name, out object? value)
    {
        value = null;
        if (scalar.Text.Length == 0 || scalar.Text.Contains('\0', StringComparison.Ordinal))
        {
            diagnostics.Error(ManifestDiagnosticIds.WrongType, $"{name} needs a path, not {(scalar.Text.Length == 0 ? "an empty text" : "one with a NUL in it")}", scalar.Location);
            return false;
        }

        value = new FilePath(Path.GetFullPath(scalar.Text, scope.Folder));
        return true;
    }

    private bool TryService(OptionType type, ManifestScalar scalar, string name, out object? value)
    {
        value = null;
        Type contract = type.ClrType.GetGenericArguments()[0];
        if (!scope.TryGetService(scalar.Text, out Type? found))
        {
            diagnostics.Error(
                ManifestDiagnosticIds.NoSuchService,
                $"{name} refers to the service {scalar.Description}, which is not there",
                scalar.Location,
                Suggest.For(scalar.Text, scope.Implementing(contract)) ?? $"declare one under 'services:' that is {Article(contract)}");
            return false;
        }

        if (found is not null && !contract.IsAssignableFrom(found))
        {
            diagnostics.Error(
                ManifestDiagnosticIds.WrongService,
                $"{name} needs {Article(contract)}; the service '{scalar.Text}' is {Article(found)}",
                scalar.Location,
                Suggest.For(scalar.Text, scope.Implementing(contract)));
            return false;
        }

        value = Activator.CreateInstance(type.ClrType, scalar.Text);
        return true;
    }

    private bool Assign(OptionProperty property, object target, object? value, SourceLocation? location)
    {
        try
        {
            property.Property.SetValue(target, value);
            return true;
        }
        catch (TargetInvocationException e)
        {
            // A plugin's setter may refuse a value in its own words.
            diagnostics.Error(ManifestDiagnosticIds.OutOfRange, $"'{property.Name}' is refused: {e.InnerException!.Message}", location);
            return false;
        }
    }

    private bool OutOfRange(ManifestScalar scalar, string name, Int128 minimum, Int128 maximum)
    {
        diagnostics.Error(ManifestDiagnosticIds.OutOfRange, $"{name} is {scalar.Text}, which is out of range", scalar.Location, $"from {minimum} to {maximum}");
        return false;
    }

    private bool Mismatch(OptionType type, ManifestNode node, string name)
    {
        diagnostics.Error(ManifestDiagnosticIds.WrongType, $"{name} needs {Expected(type)}, not {node.Description}", node.Location);
        return false;
    }

    private static string Article(Type contract) => $"{("AEIOU".Contains(contract.Name[0], StringComparison.Ordinal) ? "an" : "a")} {contract.Name}";
}
