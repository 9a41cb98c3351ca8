namespace Dominion.Host.Manifest;

/// <summary>Finds what was probably meant.</summary>
internal static class Suggest
{
    /// <summary>"did you mean ...?" when a candidate is near, otherwise the list of what there is.</summary>
    public static string? For(string given, IEnumerable<string> candidates)
    {
        string[] all = [.. candidates.Distinct(StringComparer.Ordinal)];
        if (Nearest(given, all) is { } near)
            return $"did you mean '{near}'?";
        return all.Length switch
        {
            0 => null,
            <= 24 => $"there {(all.Length == 1 ? "is" : "are")} {string.Join(", ", all)}",
            _ => null,
        };
    }

    public static string? Nearest(string given, IEnumerable<string> candidates)
    {
        if (given.Length > 64)
            return null;
        string? best = null;
        int bestDistance = Math.Max(1, given.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            int distance = Distance(given.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance < bestDistance && candidate.Length <= 64)
            {
                best = candidate;
                bestDistance = distance;
            }
        }

        return best;
    }

    /// <summary>Optimal string alignment: insertions, deletions, replacements and swaps of neighbours.</summary>
    private static int Distance(string a, string b)
    {
        int[,] table = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            table[i, 0] = i;
        for (int j = 0; j <= b.Length; j++)
            table[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                int least = Math.Min(Math.Min(table[i - 1, j] + 1, table[i, j - 1] + 1), table[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    least = Math.Min(least, table[i - 2, j - 2] + 1);
                table[i, j] = least;
            }
        }

        return table[a.Length, b.Length];
    }
}
