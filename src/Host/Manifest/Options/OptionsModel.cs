using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Dominion.Devices;
using Dominion.Plugins;

namespace Dominion.Host.Manifest.Options;

/// <summary>An options type of a plugin, read by reflection: what binding and the schema are made from.</summary>
public sealed class OptionsModel
{
    private const int MaximumDepth = 8;

    private OptionsModel(Type type, IReadOnlyList<OptionProperty> properties)
    {
        Type = type;
        Properties = properties;
    }

    /// <summary>The options type.</summary>
    public Type Type { get; }

    /// <summary>The options, in the order of their declaration.</summary>
    public IReadOnlyList<OptionProperty> Properties { get; }

    /// <summary>The option that a value beside the export's name sets, or null.</summary>
    public OptionProperty? Primary => Properties.FirstOrDefault(property => property.IsPrimary);

    /// <summary>Reads an options type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="problem">Why it cannot be used, or null.</param>
    /// <returns>The model, or null.</returns>
    public static OptionsModel? Create(Type type, out string? problem) => Create(type, 0, out problem);

    /// <summary>Makes an object of the options type with every option at its default.</summary>
    /// <returns>The object.</returns>
    public object CreateDefault() => Activator.CreateInstance(Type)!;

    /// <summary>Finds an option.</summary>
    /// <param name="name">The option's name.</param>
    /// <returns>The option, or null.</returns>
    public OptionProperty? Find(string name) => Properties.FirstOrDefault(property => property.Name == name);

    /// <summary>A .NET name as manifests write it.</summary>
    /// <param name="name">A name in Pascal case.</param>
    /// <returns>The name in kebab case.</returns>
    public static string ManifestName(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    private static OptionsModel? Create(Type type, int depth, out string? problem)
    {
        if (depth > MaximumDepth)
        {
            problem = $"{type} is nested too deep, or in itself";
            return null;
        }

        object defaults;
        try
        {
            if (type.IsAbstract || type.ContainsGenericParameters || (type.IsClass && type.GetConstructor(Type.EmptyTypes) is null))
            {
                problem = $"{type} has no public constructor without parameters";
                return null;
            }

            defaults = Activator.CreateInstance(type)!;
        }
        catch (Exception e)
        {
            // The plugin's own initializers may throw anything.
            problem = $"making {type} with its defaults threw {(e.InnerException ?? e).GetType().Name}: {(e.InnerException ?? e).Message}";
            return null;
        }

        var properties = new List<OptionProperty>();
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => property.MetadataToken))
        {
            if (property.SetMethod is not { IsPublic: true } || property.GetMethod is null || property.GetIndexParameters().Length > 0)
                continue;
            if (Classify(property.PropertyType, depth, out string? why) is not { } optionType)
            {
                problem = $"{type}.{property.Name}: {why}";
                return null;
            }

            if (!optionType.ClrType.IsValueType && new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable)
                optionType = optionType with { AllowsNull = true };
            object? initial;
            try
            {
                initial = property.GetValue(defaults);
            }
            catch (TargetInvocationException e)
            {
                problem = $"{type}.{property.Name} threw {e.InnerException!.GetType().Name}: {e.InnerException.Message}";
                return null;
            }

            properties.Add(new OptionProperty(
                ManifestName(property.Name),
                property,
                optionType,
                property.IsDefined(typeof(PrimaryOptionAttribute)),
                property.IsDefined(typeof(RequiredOptionAttribute)) || property.IsDefined(typeof(RequiredMemberAttribute)),
                property.GetCustomAttribute<OptionRangeAttribute>(),
                property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "",
                initial));
        }

        if (properties.Count(property => property.IsPrimary) > 1)
        {
            problem = $"{type} has several primary options";
            return null;
        }

        problem = null;
        return new OptionsModel(type, properties);
    }

    private static OptionType? Classify(Type declared, int depth, out string? problem)
    {
        problem = null;
        Type type = Nullable.GetUnderlyingType(declared) ?? declared;
        bool allowsNull = type != declared;
        OptionKind? simple = SimpleKind(type);
        if (simple is { } kind)
            return new OptionType(kind, type, allowsNull);
        if (ElementType(type) is { } elementType)
            return Classify(elementType, depth, out problem) is { } element ? new OptionType(OptionKind.List, type, allowsNull, element) : null;
        if (type.IsPrimitive || type.IsInterface || type.IsArray || type.IsPointer || typeof(Delegate).IsAssignableFrom(type) || type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true)
        {
            problem = $"a manifest cannot give a {type}";
            return null;
        }

        return Create(type, depth + 1, out problem) is { } nested ? new OptionType(OptionKind.Record, type, allowsNull, Record: nested) : null;
    }

    private static OptionKind? SimpleKind(Type type)
    {
        if (type.IsEnum)
            return OptionKind.Choice;
        if (type == typeof(bool))
            return OptionKind.Boolean;
        if (type == typeof(string))
            return OptionKind.Text;
        if (type == typeof(double) || type == typeof(float))
            return OptionKind.Number;
        if (type == typeof(byte) || type == typeof(sbyte) || type == typeof(short) || type == typeof(ushort)
            || type == typeof(int) || type == typeof(uint) || type == typeof(long) || type == typeof(ulong))
        {
            return OptionKind.Integer;
        }

        if (type == typeof(ByteSize))
            return OptionKind.Size;
        if (type == typeof(FilePath))
            return OptionKind.Path;
        if (type == typeof(MacAddress))
            return OptionKind.MacAddress;
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ServiceReference<>) ? OptionKind.Service : null;
    }

    private static Type? ElementType(Type type)
    {
        if (type.IsSZArray)
            return type.GetElementType();
        if (!type.IsGenericType)
            return null;
        Type definition = type.GetGenericTypeDefinition();
        return definition == typeof(IReadOnlyList<>) || definition == typeof(IReadOnlyCollection<>) || definition == typeof(IEnumerable<>)
            || definition == typeof(IList<>) || definition == typeof(ICollection<>) || definition == typeof(List<>)
            ? type.GetGenericArguments()[0]
            : null;
    }
}
