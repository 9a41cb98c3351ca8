using System.Buffers.Binary;
using System.Text;

namespace Dominion.Guests.Tests.Hardware;

/// <summary>A disc with one file (ECMA-119).</summary>
internal static class IsoImage
{
    private const int Sector = 2048;
    private const int RootSector = 20;
    private const int FileSector = 21;

    /// <summary>Makes an image.</summary>
    /// <param name="name">The file's name, in capitals.</param>
    /// <param name="content">The file's content.</param>
    public static byte[] Make(string name, byte[] content)
    {
        int count = FileSector + ((content.Length + Sector - 1) / Sector);
        byte[] image = new byte[count * Sector];
        Span<byte> volume = image.AsSpan(16 * Sector, Sector);
        volume[..881].Fill((byte)' ');
        volume[0] = 1;
        "CD001\u0001\0"u8.CopyTo(volume[1..]);
        volume[72..80].Clear();
        volume[88..120].Clear();
        Both32(volume[80..], (uint)count);
        Both16(volume[120..], 1);
        Both16(volume[124..], 1);
        Both16(volume[128..], Sector);
        Both32(volume[132..], 10);
        BinaryPrimitives.WriteUInt32LittleEndian(volume[140..], 18);
        volume[144..148].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(volume[148..], 19);
        volume[152..156].Clear();
        Record(volume[156..], RootSector, Sector, 2, [0]);
        volume[881] = 1;
        Span<byte> end = image.AsSpan(17 * Sector);
        end[0] = 0xFF;
        "CD001\u0001"u8.CopyTo(end[1..]);
        foreach (int sector in new[] { 18, 19 })
        {
            Span<byte> path = image.AsSpan(sector * Sector);
            path[0] = 1;
            path[sector == 18 ? 2 : 5] = RootSector;
            path[sector == 18 ? 6 : 7] = 1;
        }

        Span<byte> root = image.AsSpan(RootSector * Sector);
        int at = Record(root, RootSector, Sector, 2, [0]);
        at += Record(root[at..], RootSector, Sector, 2, [1]);
        Record(root[at..], FileSector, content.Length, 0, Encoding.ASCII.GetBytes(name + ";1"));
        content.CopyTo(image, FileSector * Sector);
        return image;
    }

    private static int Record(Span<byte> record, int sector, int length, byte flags, ReadOnlySpan<byte> name)
    {
        int size = (33 + name.Length + 1) & ~1;
        record[..size].Clear();
        record[0] = (byte)size;
        Both32(record[2..], (uint)sector);
        Both32(record[10..], (uint)length);
        record[18] = 126;
        record[19] = 1;
        record[20] = 1;
        record[25] = flags;
        Both16(record[28..], 1);
        record[32] = (byte)name.Length;
        name.CopyTo(record[33..]);
        return size;
    }

    private static void Both16(Span<byte> field, ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(field, value);
        BinaryPrimitives.WriteUInt16BigEndian(field[2..], value);
    }

    private static void Both32(Span<byte> field, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(field, value);
        BinaryPrimitives.WriteUInt32BigEndian(field[4..], value);
    }
}
