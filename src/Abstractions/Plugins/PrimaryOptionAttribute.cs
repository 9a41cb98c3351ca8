namespace Dominion.Plugins;

/// <summary>Marks the option that a scalar beside the export's name sets: in <c>{ disk: root.img, overlay: true }</c> the path is the primary option of <c>disk</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PrimaryOptionAttribute : Attribute;
