namespace Dominion.Devices.Pc.Network;

/// <summary>The frame check sequence of Ethernet (IEEE 802.3, 3.2.9).</summary>
internal static class EthernetCrc
{
    private const uint Polynomial = 0xEDB8_8320;
    private static readonly uint[] s_table = MakeTable();

    /// <summary>Computes the check sequence of a frame.</summary>
    /// <param name="frame">The frame without it.</param>
    /// <returns>The value, sent with its lowest byte first.</returns>
    public static uint Compute(ReadOnlySpan<byte> frame)
    {
        uint value = uint.MaxValue;
        foreach (byte octet in frame)
            value = s_table[(byte)(value ^ octet)] ^ (value >> 8);
        return ~value;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? Polynomial ^ (value >> 1) : value >> 1;
            table[i] = value;
        }

        return table;
    }
}
