using System.Globalization;

namespace Dominion.Devices.Pc.Iommu;

/// <summary>A requester's id: bus, device and function number in bits 15–8, 7–3 and 2–0.</summary>
internal static class RequesterId
{
    /// <summary>Parses <c>f0:1f.0</c>: hexadecimal bus, device and function.</summary>
    /// <param name="text">The text.</param>
    /// <param name="requester">The id on success.</param>
    /// <returns>Whether the text is one.</returns>
    public static bool TryParse(string text, out ushort requester)
    {
        requester = 0;
        string[] parts = text.Split(':', '.');
        if (parts.Length != 3 || text.IndexOf('.', StringComparison.Ordinal) < text.IndexOf(':', StringComparison.Ordinal))
            return false;
        if (!TryParse(parts[0], 0xFF, out int bus) || !TryParse(parts[1], 31, out int device) || !TryParse(parts[2], 7, out int function))
            return false;
        requester = (ushort)((bus << 8) | (device << 3) | function);
        return true;
    }

    private static bool TryParse(string text, int most, out int number) =>
        int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) && number >= 0 && number <= most;
}
