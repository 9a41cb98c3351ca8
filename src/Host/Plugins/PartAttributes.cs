using System.Composition.Convention;
using System.Reflection;
using Dominion.Plugins;

namespace Dominion.Host.Plugins;

/// <summary>The attributes of plugins' parts for System.Composition: as declared, but exports by name carry their metadata.</summary>
internal sealed class PartAttributes : AttributedModelProvider
{
    public static readonly PartAttributes Instance = new();

    public override IEnumerable<Attribute> GetCustomAttributes(Type reflectedType, MemberInfo member) =>
        member is not Type && member.DeclaringType != reflectedType
            ? []
            : Attribute.GetCustomAttributes(member, inherit: false).Select(attribute => attribute is PluginExportAttribute export ? new NamedExportAttribute(export) : attribute);

    public override IEnumerable<Attribute> GetCustomAttributes(Type reflectedType, ParameterInfo parameter) =>
        Attribute.GetCustomAttributes(parameter, inherit: false);
}
