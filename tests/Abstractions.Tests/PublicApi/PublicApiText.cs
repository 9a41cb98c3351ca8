using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Dominion.Abstractions.Tests.PublicApi;

/// <summary>Writes an assembly's public API as text, one member a line, sorted: what a plugin can see and rely on.</summary>
internal static class PublicApiText
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Describe(type)).Append('\n');
            foreach (string member in Members(type).Order(StringComparer.Ordinal))
                text.Append("    ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    private static string Describe(Type type)
    {
        string kind = type switch
        {
            { IsEnum: true } => $"enum {Name(type)} : {Name(Enum.GetUnderlyingType(type))}",
            { IsInterface: true } => $"interface {Name(type)}",
            { IsValueType: true } => $"{(type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "")}struct {Name(type)}",
            _ when typeof(Delegate).IsAssignableFrom(type) => $"delegate {Name(type)}",
            { IsAbstract: true, IsSealed: true } => $"static class {Name(type)}",
            _ => $"{(type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}class {Name(type)}",
        };
        if (type.IsEnum)
            return kind;
        IEnumerable<Type> bases = type.GetInterfaces().OrderBy(Name, StringComparer.Ordinal);
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
            bases = bases.Prepend(parent);
        string list = string.Join(", ", bases.Select(Name));
        return list.Length == 0 ? kind : $"{kind} : {list}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            foreach (string name in Enum.GetNames(type))
                yield return $"{name} = {Convert.ToDecimal(Enum.Parse(type, name), CultureInfo.InvariantCulture)}";
            yield break;
        }

        foreach (FieldInfo field in type.GetFields(Declared).Where(field => IsVisible(field.Attributes)))
        {
            string constant = field.IsLiteral ? $" = {Literal(field.GetRawConstantValue())}" : "";
            yield return $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Name(field.FieldType)} {field.Name}{constant}";
        }

        foreach (ConstructorInfo constructor in type.GetConstructors(Declared).Where(IsVisible))
            yield return $"{Protection(constructor)}new({Parameters(constructor)})";
        foreach (PropertyInfo property in type.GetProperties(Declared))
        {
            string accessors = string.Concat(
                property.GetMethod is { } getter && IsVisible(getter) ? $" {Protection(getter)}get;" : "",
                property.SetMethod is { } setter && IsVisible(setter) ? $" {Protection(setter)}{(IsInit(setter) ? "init" : "set")};" : "");
            if (accessors.Length > 0)
                yield return $"{Modifiers((property.GetMethod ?? property.SetMethod)!)}{(property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "")}{Name(property.PropertyType)} {property.Name}{Index(property)} {{{accessors} }}";
        }

        foreach (EventInfo happening in type.GetEvents(Declared).Where(happening => IsVisible(happening.AddMethod!)))
            yield return $"{Modifiers(happening.AddMethod!)}event {Name(happening.EventHandlerType!)} {happening.Name}";
        foreach (MethodInfo method in type.GetMethods(Declared).Where(IsOrdinary))
            yield return $"{Protection(method)}{Modifiers(method)}{Name(method.ReturnType)} {method.Name}{Generic(method)}({Parameters(method)})";
    }

    private static bool IsOrdinary(MethodInfo method) =>
        IsVisible(method)
        && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
        && !method.Name.Contains('<', StringComparison.Ordinal);

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(FieldAttributes attributes) =>
        (attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Protection(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifiers(MethodInfo method)
    {
        if (method.DeclaringType!.IsInterface)
            return method.IsStatic ? "static " : method.IsAbstract ? "" : "virtual ";
        if (method.IsStatic)
            return "static ";
        if (method.IsAbstract)
            return "abstract ";
        bool overrides = method.GetBaseDefinition() != method;
        return overrides ? (method.IsFinal ? "sealed override " : "override ") : method is { IsVirtual: true, IsFinal: false } ? "virtual " : "";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        Type type = parameter.ParameterType;
        string passing = type.IsByRef ? (parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ") : "";
        string initial = parameter.HasDefaultValue ? $" = {Literal(parameter.RawDefaultValue)}" : "";
        return $"{passing}{Name(type.IsByRef ? type.GetElementType()! : type)} {parameter.Name}{initial}";
    }

    private static string Index(PropertyInfo property) =>
        property.GetIndexParameters() is { Length: > 0 } index ? $"[{string.Join(", ", index.Select(Parameter))}]" : "";

    private static string Generic(MethodInfo method) =>
        method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";

    private static string Literal(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Name(Type type)
    {
        if (type.IsByRef)
            return $"ref {Name(type.GetElementType()!)}";
        if (type.IsPointer)
            return $"{Name(type.GetElementType()!)}*";
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[]";
        if (type.IsGenericParameter)
            return type.Name;
        string name = type.IsNested ? $"{Name(type.DeclaringType!)}.{type.Name}" : $"{type.Namespace}.{type.Name}";
        return type.IsGenericType ? $"{name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
