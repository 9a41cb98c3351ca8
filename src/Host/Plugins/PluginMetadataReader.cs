using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Dominion.Plugins;

namespace Dominion.Host.Plugins;

/// <summary>Reads what an assembly says of itself as a plugin, from its metadata alone (ECMA-335 partition II): no code of it runs and nothing is loaded.</summary>
internal static class PluginMetadataReader
{
    private const string ExportAttributeName = "System.Composition.ExportAttribute";
    private const string InformationalVersionAttributeName = "System.Reflection.AssemblyInformationalVersionAttribute";
    private static readonly string PluginAttributeName = typeof(PluginAttribute).FullName!;

    private static readonly IReadOnlyDictionary<string, ExportKind> ExportAttributeNames = Enum.GetValues<ExportKind>()
        .ToDictionary(kind => $"{typeof(PluginExportAttribute).Namespace}.{kind}Attribute", StringComparer.Ordinal);

    /// <summary>Reads an assembly.</summary>
    /// <param name="path">The file.</param>
    /// <param name="plugin">The plugin, or null when the assembly is none.</param>
    /// <param name="problem">Why the file cannot be read, or null.</param>
    /// <returns>Whether the file is an assembly.</returns>
    public static bool TryRead(string path, out PluginDescriptor? plugin, out string? problem)
    {
        plugin = null;
        problem = null;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            using var file = new PEReader(stream);
            if (!file.HasMetadata)
            {
                problem = "it holds native code only";
                return false;
            }

            MetadataReader reader = file.GetMetadataReader();
            if (!reader.IsAssembly)
            {
                problem = "it is a module without a manifest";
                return false;
            }

            plugin = Read(path, reader);
            return true;
        }
        catch (Exception e) when (e is BadImageFormatException or IOException or UnauthorizedAccessException
            or ArgumentException or OverflowException or InvalidOperationException or IndexOutOfRangeException)
        {
            // The reader answers damaged metadata with any of these.
            problem = e.Message;
            return false;
        }
    }

    private static PluginDescriptor? Read(string path, MetadataReader reader)
    {
        AssemblyDefinition assembly = reader.GetAssemblyDefinition();
        CustomAttributeValue<string>? marker = null;
        string? version = null;
        foreach (CustomAttributeHandle handle in assembly.GetCustomAttributes())
        {
            CustomAttribute attribute = reader.GetCustomAttribute(handle);
            string? name = AttributeName(reader, attribute);
            if (name == PluginAttributeName)
                marker = attribute.DecodeValue(AttributeTypeNames.Instance);
            else if (name == InformationalVersionAttributeName)
                version = attribute.DecodeValue(AttributeTypeNames.Instance).FixedArguments[0].Value as string;
        }

        if (marker is not { FixedArguments: [{ Value: string id }, { Value: int minimum }, { Value: int maximum }] } plugin)
            return null;

        var exports = new List<ExportDescriptor>();
        var parts = new List<string>();
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
            ReadType(reader, handle, id, exports, parts);
        return new PluginDescriptor(
            id,
            version?.Split('+')[0] ?? assembly.Version.ToString(),
            minimum,
            maximum,
            NamedText(plugin, nameof(PluginAttribute.Description)) ?? "",
            plugin.NamedArguments.Any(argument => argument is { Name: nameof(PluginAttribute.Collectible), Value: true }),
            Path.GetFullPath(path),
            [.. exports.OrderBy(export => export.Kind).ThenBy(export => export.Name, StringComparer.Ordinal)],
            parts,
            [.. reader.AssemblyReferences.Select(reference => reader.GetString(reader.GetAssemblyReference(reference).Name))]);
    }

    private static void ReadType(MetadataReader reader, TypeDefinitionHandle handle, string pluginId, List<ExportDescriptor> exports, List<string> parts)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        bool part = false;
        string? typeName = null;
        foreach (CustomAttributeHandle attributeHandle in type.GetCustomAttributes())
        {
            CustomAttribute attribute = reader.GetCustomAttribute(attributeHandle);
            string? name = AttributeName(reader, attribute);
            if (name is null)
                continue;
            if (name == ExportAttributeName)
            {
                part = true;
            }
            else if (ExportAttributeNames.TryGetValue(name, out ExportKind kind))
            {
                part = true;
                CustomAttributeValue<string> value = attribute.DecodeValue(AttributeTypeNames.Instance);
                if (value.FixedArguments is not [{ Value: string exportName }])
                    throw new BadImageFormatException($"a damaged {kind} attribute");
                typeName ??= TypeName(reader, handle);
                exports.Add(new ExportDescriptor(
                    pluginId,
                    kind,
                    exportName,
                    typeName,
                    NamedText(value, nameof(PluginExportAttribute.Options)),
                    NamedText(value, nameof(PluginExportAttribute.Summary)) ?? ""));
            }
        }

        if (part)
            parts.Add(typeName ?? TypeName(reader, handle));
    }

    private static string? NamedText(CustomAttributeValue<string> value, string name)
    {
        foreach (CustomAttributeNamedArgument<string> argument in value.NamedArguments)
        {
            if (argument.Name == name)
                return argument.Value as string;
        }

        return null;
    }

    /// <summary>The name in the form that <see cref="System.Reflection.Assembly.GetType(string)"/> takes.</summary>
    private static string TypeName(MetadataReader reader, TypeDefinitionHandle handle)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        TypeDefinitionHandle outer = type.GetDeclaringType();
        return outer.IsNil
            ? AttributeTypeNames.FullName(reader, type.Namespace, type.Name)
            : $"{TypeName(reader, outer)}+{reader.GetString(type.Name)}";
    }

    private static string? AttributeName(MetadataReader reader, CustomAttribute attribute)
    {
        // An attribute that the assembly declares itself has a MethodDefinition as constructor: never one of the contracts'.
        if (attribute.Constructor.Kind != HandleKind.MemberReference)
            return null;
        EntityHandle parent = reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
        if (parent.Kind != HandleKind.TypeReference)
            return null;
        TypeReference type = reader.GetTypeReference((TypeReferenceHandle)parent);
        return AttributeTypeNames.FullName(reader, type.Namespace, type.Name);
    }
}
