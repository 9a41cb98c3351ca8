using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Dominion.Cli.Tests;

/// <summary>Reads PNG images of 8-bit red, green and blue (Portable Network Graphics, second edition).</summary>
internal static class PngReader
{
    private const int BytesPerPixel = 3;

    /// <summary>Reads an image.</summary>
    /// <returns>Its width, and its pixels as the contracts have them.</returns>
    public static (int Width, uint[] Pixels) Read(byte[] file)
    {
        Assert.Equal([0x89, .. "PNG\r\n"u8, 0x1A, .. "\n"u8], file[..8]);
        int width = 0;
        int height = 0;
        MemoryStream data = new();
        for (int at = 8; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            ReadOnlySpan<byte> chunk = file.AsSpan(at + 8, length);
            switch (Encoding.ASCII.GetString(file, at + 4, 4))
            {
                case "IHDR":
                    width = BinaryPrimitives.ReadInt32BigEndian(chunk);
                    height = BinaryPrimitives.ReadInt32BigEndian(chunk[4..]);
                    Assert.Equal([8, 2, 0, 0, 0], chunk[8..].ToArray());
                    break;
                case "IDAT":
                    data.Write(chunk);
                    break;
            }

            at += 12 + length;
        }

        data.Position = 0;
        using ZLibStream inflated = new(data, CompressionMode.Decompress);
        byte[] before = new byte[width * BytesPerPixel];
        List<uint> pixels = [];
        for (int y = 0; y < height; y++)
        {
            int filter = inflated.ReadByte();
            byte[] row = new byte[before.Length];
            inflated.ReadExactly(row);
            Unfilter(filter, row, before);
            for (int x = 0; x < row.Length; x += BytesPerPixel)
                pixels.Add(((uint)row[x] << 16) | ((uint)row[x + 1] << 8) | row[x + 2]);
            before = row;
        }

        return (width, [.. pixels]);
    }

    // Chapter 9: none, sub, up, average, Paeth.
    private static void Unfilter(int filter, byte[] row, byte[] above)
    {
        for (int i = 0; i < row.Length; i++)
        {
            int left = i < BytesPerPixel ? 0 : row[i - BytesPerPixel];
            int corner = i < BytesPerPixel ? 0 : above[i - BytesPerPixel];
            row[i] += (byte)(filter switch
            {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                4 => Paeth(left, above[i], corner),
                _ => throw new InvalidDataException($"filter {filter}"),
            });
        }
    }

    private static int Paeth(int left, int above, int corner)
    {
        int estimate = left + above - corner;
        int toLeft = Math.Abs(estimate - left);
        int toAbove = Math.Abs(estimate - above);
        int toCorner = Math.Abs(estimate - corner);
        if (toLeft <= toAbove && toLeft <= toCorner)
            return left;
        return toAbove <= toCorner ? above : corner;
    }
}
