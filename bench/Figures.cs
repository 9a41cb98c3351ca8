namespace Dominion.Bench;

/// <summary>Several measurements of one thing.</summary>
internal static class Figures
{
    /// <summary>Prints minimum, median and maximum.</summary>
    public static void Print(string name, string unit, IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        Console.WriteLine(FormattableString.Invariant(
            $"{name,-28} median {sorted[sorted.Length / 2],10:F2}  min {sorted[0],10:F2}  max {sorted[^1],10:F2}  {unit}"));
    }
}
