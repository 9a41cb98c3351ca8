namespace Dominion.Host.Manifest.Options;

/// <summary>An option's type, as binding and the schema see it.</summary>
/// <param name="Kind">What a manifest may write.</param>
/// <param name="ClrType">The type of the bound value, without <see cref="Nullable{T}"/>.</param>
/// <param name="AllowsNull">Whether <c>null</c> may be written.</param>
/// <param name="Element">The items' type, for a list.</param>
/// <param name="Record">The nested options, for a record.</param>
public sealed record OptionType(OptionKind Kind, Type ClrType, bool AllowsNull, OptionType? Element = null, OptionsModel? Record = null);
