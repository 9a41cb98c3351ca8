using System.Globalization;
using Dominion.Plugins;

namespace Dominion.Host.Manifest.Options;

/// <summary>Reads numbers and sizes as manifests write them.</summary>
internal static class ScalarText
{
    private static readonly (string Unit, int Shift)[] Units = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10), ("B", 0)];

    /// <summary>Reads a whole number: decimal, or hexadecimal with 0x; underscores may group digits.</summary>
    public static bool TryInteger(string text, out Int128 value)
    {
        value = 0;
        bool negative = text.StartsWith('-');
        ReadOnlySpan<char> digits = text.AsSpan(negative ? 1 : 0);
        if (digits.Length is 0 or > 40 || digits[0] == '_' || digits[^1] == '_')
            return false;
        string plain = digits.ToString().Replace("_", "", StringComparison.Ordinal);
        bool parsed = plain.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? Int128.TryParse(plain.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && value >= 0 && plain.Length <= 18
            : Int128.TryParse(plain, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        if (negative)
            value = -value;
        return parsed;
    }

    /// <summary>Reads a number of bytes with an optional unit of 1024s.</summary>
    public static bool TrySize(string text, out ByteSize size)
    {
        size = default;
        int shift = 0;
        string number = text;
        foreach ((string unit, int unitShift) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal) || text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
                continue;
            shift = unitShift;
            number = text[..^unit.Length].TrimEnd();
            break;
        }

        if (TryInteger(number, out Int128 count))
        {
            if (count < 0 || count > (Int128)(ulong.MaxValue >> shift))
                return false;
            size = new ByteSize((ulong)count << shift);
            return true;
        }

        // 1.5GiB, as long as it is a whole number of bytes.
        if (shift == 0 || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal fraction) || fraction > 1L << 40)
            return false;
        decimal bytes = fraction * (1L << shift);
        if (bytes != decimal.Truncate(bytes) || bytes > ulong.MaxValue)
            return false;
        size = new ByteSize((ulong)bytes);
        return true;
    }

    /// <summary>The nearest right way to write a size that people get wrong, or null.</summary>
    public static string? SizeHint(string text)
    {
        string trimmed = text.TrimEnd();
        string number = trimmed.TrimEnd([.. "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"]).TrimEnd();
        string unit = trimmed[number.Length..].Trim().ToUpperInvariant();
        string? right = unit switch
        {
            "K" or "KB" or "KIB" => "KiB",
            "M" or "MB" or "MIB" => "MiB",
            "G" or "GB" or "GIB" => "GiB",
            "T" or "TB" or "TIB" => "TiB",
            _ => null,
        };
        return right is not null && number.Length is > 0 and < 24 ? $"did you mean '{number}{right}'?" : "a number with KiB, MiB, GiB or TiB, such as 512MiB";
    }
}
