namespace Dominion.Plugins;

/// <summary>Marks an option that a manifest must give.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredOptionAttribute : Attribute;
