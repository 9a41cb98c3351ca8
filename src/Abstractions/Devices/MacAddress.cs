namespace Dominion.Devices;

/// <summary>An IEEE 802 MAC-48 address. A manifest writes it as six hexadecimal octets with colons.</summary>
/// <param name="Value">The 48 bits; the first octet on the wire is the most significant.</param>
public readonly record struct MacAddress(ulong Value)
{
    /// <summary>Writes the six octets in wire order.</summary>
    /// <param name="destination">At least six bytes.</param>
    public void CopyTo(Span<byte> destination)
    {
        for (int i = 0; i < 6; i++)
            destination[i] = (byte)(Value >> (40 - (8 * i)));
    }

    /// <summary>Parses <c>00:16:3e:00:00:01</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">The address on success.</param>
    /// <returns>Whether the text is a MAC address.</returns>
    public static bool TryParse(string text, out MacAddress address)
    {
        address = default;
        string[] parts = text.Split(':');
        if (parts.Length != 6)
            return false;
        ulong value = 0;
        foreach (string part in parts)
        {
            if (part.Length != 2 || !byte.TryParse(part, System.Globalization.NumberStyles.AllowHexSpecifier, null, out byte octet))
                return false;
            value = (value << 8) | octet;
        }

        address = new MacAddress(value);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        ulong value = Value;
        return string.Join(':', Enumerable.Range(0, 6).Select(i => ((byte)(value >> (40 - (8 * i)))).ToString("x2", null)));
    }
}
