using System.Reflection.Metadata;

namespace Dominion.Host.Plugins;

/// <summary>Represents the types inside custom attributes by their names, so that decoding an attribute loads nothing.</summary>
internal sealed class AttributeTypeNames : ICustomAttributeTypeProvider<string>
{
    public static readonly AttributeTypeNames Instance = new();

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

    public string GetSystemType() => "System.Type";

    public bool IsSystemType(string type) => type == "System.Type";

    public string GetSZArrayType(string elementType) => elementType + "[]";

    public string GetTypeFromSerializedName(string name) => name;

    // No attribute of the contracts takes an enumeration; the width is only needed to skip over one in a damaged attribute.
    public PrimitiveTypeCode GetUnderlyingEnumType(string type) => PrimitiveTypeCode.Int32;

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        return FullName(reader, type.Namespace, type.Name);
    }

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        TypeReference type = reader.GetTypeReference(handle);
        return FullName(reader, type.Namespace, type.Name);
    }

    public static string FullName(MetadataReader reader, StringHandle space, StringHandle name)
    {
        string prefix = reader.GetString(space);
        return prefix.Length == 0 ? reader.GetString(name) : $"{prefix}.{reader.GetString(name)}";
    }
}
