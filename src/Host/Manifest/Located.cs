using Dominion.Diagnostics;

namespace Dominion.Host.Manifest;

/// <summary>A value with the place that gave it.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="Value">The value.</param>
/// <param name="Location">Where it is written.</param>
public readonly record struct Located<T>(T Value, SourceLocation Location);
