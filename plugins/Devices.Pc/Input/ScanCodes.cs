namespace Dominion.Devices.Pc.Input;

/// <summary>Scan codes of a US keyboard: set 2 as the keyboard sends them, and the controller's translation to set 1.</summary>
internal static class ScanCodes
{
    /// <summary>The prefix of a key's release in set 2.</summary>
    public const byte Release = 0xF0;

    /// <summary>The left shift key in set 2.</summary>
    public const byte LeftShift = 0x12;

    /// <summary>The left control key in set 2.</summary>
    public const byte LeftControl = 0x14;

    // The keys of a US keyboard in set 2, and what they give without and with shift.
    private static readonly (byte Code, char Plain, char Shifted)[] s_keys =
    [
        (0x0E, '`', '~'), (0x16, '1', '!'), (0x1E, '2', '@'), (0x26, '3', '#'), (0x25, '4', '$'), (0x2E, '5', '%'),
        (0x36, '6', '^'), (0x3D, '7', '&'), (0x3E, '8', '*'), (0x46, '9', '('), (0x45, '0', ')'), (0x4E, '-', '_'),
        (0x55, '=', '+'), (0x15, 'q', 'Q'), (0x1D, 'w', 'W'), (0x24, 'e', 'E'), (0x2D, 'r', 'R'), (0x2C, 't', 'T'),
        (0x35, 'y', 'Y'), (0x3C, 'u', 'U'), (0x43, 'i', 'I'), (0x44, 'o', 'O'), (0x4D, 'p', 'P'), (0x54, '[', '{'),
        (0x5B, ']', '}'), (0x5D, '\\', '|'), (0x1C, 'a', 'A'), (0x1B, 's', 'S'), (0x23, 'd', 'D'), (0x2B, 'f', 'F'),
        (0x34, 'g', 'G'), (0x33, 'h', 'H'), (0x3B, 'j', 'J'), (0x42, 'k', 'K'), (0x4B, 'l', 'L'), (0x4C, ';', ':'),
        (0x52, '\'', '"'), (0x1A, 'z', 'Z'), (0x22, 'x', 'X'), (0x21, 'c', 'C'), (0x2A, 'v', 'V'), (0x32, 'b', 'B'),
        (0x31, 'n', 'N'), (0x3A, 'm', 'M'), (0x41, ',', '<'), (0x49, '.', '>'), (0x4A, '/', '?'), (0x29, ' ', ' '),
        (0x5A, '\r', '\n'), (0x0D, '\t', '\t'), (0x66, '\b', '\x7F'), (0x76, '\x1B', '\x1B'),
    ];

    // By set 2 code, the set 1 code, from 0 to 0x84 (IBM PS/2 Hardware Interface Technical Reference, keyboard controller, translation).
    private static readonly byte[] s_translation =
    [
        0xFF, 0x43, 0x41, 0x3F, 0x3D, 0x3B, 0x3C, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3E, 0x0F, 0x29, 0x59,
        0x65, 0x38, 0x2A, 0x70, 0x1D, 0x10, 0x02, 0x5A, 0x66, 0x71, 0x2C, 0x1F, 0x1E, 0x11, 0x03, 0x5B,
        0x67, 0x2E, 0x2D, 0x20, 0x12, 0x05, 0x04, 0x5C, 0x68, 0x39, 0x2F, 0x21, 0x14, 0x13, 0x06, 0x5D,
        0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5E, 0x6A, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5F,
        0x6B, 0x33, 0x25, 0x17, 0x18, 0x0B, 0x0A, 0x60, 0x6C, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0C, 0x61,
        0x6D, 0x73, 0x28, 0x74, 0x1A, 0x0D, 0x62, 0x6E, 0x3A, 0x36, 0x1C, 0x1B, 0x75, 0x2B, 0x63, 0x76,
        0x55, 0x56, 0x77, 0x78, 0x79, 0x7A, 0x0E, 0x7B, 0x7C, 0x4F, 0x7D, 0x4B, 0x47, 0x7E, 0x7F, 0x6F,
        0x52, 0x53, 0x50, 0x4C, 0x4D, 0x48, 0x01, 0x45, 0x57, 0x4E, 0x51, 0x4A, 0x37, 0x49, 0x46, 0x54,
        0x80, 0x81, 0x82, 0x41, 0x54,
    ];

    /// <summary>Translates one byte of set 2.</summary>
    /// <param name="code">The byte, not <see cref="Release"/>.</param>
    /// <returns>The byte of set 1, of a key that is pressed.</returns>
    public static byte Translate(byte code) => code < s_translation.Length ? s_translation[code] : code;

    /// <summary>Finds the keys that type a character.</summary>
    /// <param name="character">An ASCII character; control characters are typed with the control key.</param>
    /// <param name="code">The key in set 2.</param>
    /// <param name="modifier">The key that is held with it, or 0.</param>
    /// <returns>False when the keyboard has no such character.</returns>
    public static bool TryFind(char character, out byte code, out byte modifier)
    {
        foreach ((byte key, char plain, char shifted) in s_keys)
        {
            // Enter and backspace give the same with and without shift.
            bool isControl = plain < ' ';
            if (character != plain && character != shifted)
                continue;
            code = key;
            modifier = character == plain || isControl ? (byte)0 : LeftShift;
            return true;
        }

        code = 0;
        modifier = 0;
        if (character is < '\x01' or > '\x1A' || !TryFind((char)(character + 0x60), out code, out _))
            return false;
        modifier = LeftControl;
        return true;
    }
}
