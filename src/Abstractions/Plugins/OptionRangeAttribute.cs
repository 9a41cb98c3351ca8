namespace Dominion.Plugins;

/// <summary>Bounds a numeric option, both ends included.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionRangeAttribute : Attribute
{
    /// <summary>Declares the bounds.</summary>
    /// <param name="minimum">The least value allowed.</param>
    /// <param name="maximum">The greatest value allowed.</param>
    public OptionRangeAttribute(long minimum, long maximum)
    {
        Minimum = minimum;
        Maximum = maximum;
    }

    /// <summary>The least value allowed.</summary>
    public long Minimum { get; }

    /// <summary>The greatest value allowed.</summary>
    public long Maximum { get; }
}
