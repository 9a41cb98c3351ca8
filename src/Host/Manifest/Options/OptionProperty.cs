using System.Reflection;
using Dominion.Plugins;

namespace Dominion.Host.Manifest.Options;

/// <summary>One option.</summary>
/// <param name="Name">The key that a manifest writes: the property's name in kebab case.</param>
/// <param name="Property">The property that takes the value.</param>
/// <param name="Type">The option's type.</param>
/// <param name="IsPrimary">Whether a value beside the export's name sets it.</param>
/// <param name="IsRequired">Whether a manifest must give it.</param>
/// <param name="Range">The bounds, or null.</param>
/// <param name="Description">What it is, or an empty text.</param>
/// <param name="Default">The value that it has when it is not given.</param>
public sealed record OptionProperty(
    string Name,
    PropertyInfo Property,
    OptionType Type,
    bool IsPrimary,
    bool IsRequired,
    OptionRangeAttribute? Range,
    string Description,
    object? Default);
