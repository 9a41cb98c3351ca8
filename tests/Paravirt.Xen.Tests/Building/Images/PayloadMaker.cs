using System.Buffers.Binary;
using System.IO.Compression;
using K4os.Compression.LZ4;
using ZstdSharp;

namespace Dominion.Paravirt.Xen.Tests.Building.Images;

/// <summary>Makes bzImages for the tests (Linux, Documentation/arch/x86/boot.rst) and payloads of every kind, each with the unpacked size in its last four bytes.</summary>
internal static class PayloadMaker
{
    /// <summary>What <c>xz --x86 --lzma2=dict=64KiB --check=crc32</c> makes of <see cref="Calls"/>.</summary>
    private const string PackedCalls =
        "/Td6WFoAAAFpIt42AgEEACEBCADSuXTL4AdHAWFdAD+RRYRoM0xqLDbzR2Rd/5E794gziaotUQVi9h7qrzDO0/KvflgDPlb7SwHd2JiyLU13JAsCv4/mTZsG" +
        "W7Qw9sSgna0BaLv9hgABGwxLSv04lh3O0UxofrZZFLUsVFzEM6j7xAqU/Q1VBCXPXYGMOqytxCyNakZ03MchApvYEIRY8+/IsDGefrRv6MUScYm79SeuuIg7" +
        "LA4YYvcwNfIUcI4//GpoTcxNN+2ydTpe8Pq1Lv1sYvFm89G4k+AlOjumLDrW7UjyKTZLEOpVAuYJqjK9lS9eL4oWfOOtBZyjtArWnuJzNLTHYpv4V8dwftqX" +
        "gh+pamLloqddBQQ/r36edQRHk4rgDsJOD34X4DFCpsWIwExY6BTQwo/dtSs218uPUDQqoEBkZsaZDmZO/sFrdfB47uWIGTM+ucsNIZNG+tUemiyov5xUUlSN" +
        "r9K2hMGnm12Eli4mGZ+cY2o+B3pKJb8AAAAAABB0EiQAAfkCyA4AAI8kbzI+MA2LAgAAAAABWVo=";

    /// <summary>The beginning of an ELF image, and 300 calls that differ by their distance to one target.</summary>
    public static byte[] Calls()
    {
        List<byte> image = [.. "\u007fELF"u8, .. new byte[60]];
        for (int i = 0; i < 300; i++)
            image.AddRange([0xE8, .. BitConverter.GetBytes(0x4000 - (5 * i)), (byte)(0x40 + (i % 8))]);
        return [.. image];
    }

    /// <summary><see cref="Calls"/> in LZMA2 behind the x86 branch filter.</summary>
    public static byte[] XzOfCalls() => [.. Convert.FromBase64String(PackedCalls), .. Size(Calls())];

    public static byte[] BzImage(byte[] payload, byte setupSectors = 2, ushort protocol = 0x20F, uint payloadOffset = 0x2C0)
    {
        int start = ((setupSectors == 0 ? 4 : setupSectors) + 1) * 512;
        byte[] image = new byte[start + payloadOffset + payload.Length + 100];
        image[0x1F1] = setupSectors;
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x1FE), 0xAA55);
        "HdrS"u8.CopyTo(image.AsSpan(0x202));
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x206), protocol);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x248), payloadOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x24C), (uint)payload.Length);
        payload.CopyTo(image, start + payloadOffset);
        return image;
    }

    /// <summary>gzip, whose last four bytes are the size already.</summary>
    public static byte[] Gzip(byte[] data)
    {
        using MemoryStream stream = new();
        using (GZipStream gzip = new(stream, CompressionLevel.Optimal))
            gzip.Write(data);
        return stream.ToArray();
    }

    public static byte[] Zstd(byte[] data)
    {
        using Compressor zstd = new();
        return [.. zstd.Wrap(data), .. Size(data)];
    }

    /// <summary>An LZ4 legacy frame (lz4, doc/lz4_Frame_format.md, "Legacy frame").</summary>
    public static byte[] Lz4(byte[] data)
    {
        List<byte> frame = [0x02, 0x21, 0x4C, 0x18];
        foreach (byte[] block in data.Chunk(8 << 20))
        {
            byte[] packed = new byte[LZ4Codec.MaximumOutputSize(block.Length)];
            int length = LZ4Codec.Encode(block, packed);
            frame.AddRange(BitConverter.GetBytes(length));
            frame.AddRange(packed.AsSpan(0, length));
        }

        return [.. frame, .. Size(data)];
    }

    /// <summary>An XZ stream with a block of uncompressed LZMA2 chunks and CRC32 (The .xz File Format, 2 to 5).</summary>
    public static byte[] Xz(byte[] data, byte dictionary = 16, int blocks = 1)
    {
        List<byte> stream = [0xFD, .. "7zXZ\0"u8, 0, 1, .. Crc([0, 1])];
        List<byte> records = [];
        for (int i = 0; i < blocks; i++)
        {
            byte[] header = [2, 0, 0x21, 1, dictionary, 0, 0, 0];
            List<byte> body = [];
            foreach (byte[] chunk in data.Chunk(65536))
                body.AddRange([(byte)(body.Count == 0 ? 1 : 2), (byte)((chunk.Length - 1) >> 8), (byte)(chunk.Length - 1), .. chunk]);
            body.Add(0);
            records.AddRange(Number((ulong)(header.Length + 4 + body.Count + 4)));
            records.AddRange(Number((ulong)data.Length));
            stream.AddRange([.. header, .. Crc(header), .. body, .. new byte[-body.Count & 3], .. Crc(data)]);
        }

        byte[] index = [0, (byte)blocks, .. records];
        index = [.. index, .. new byte[-index.Length & 3]];
        byte[] footer = [.. BitConverter.GetBytes(index.Length / 4), 0, 1];
        return [.. stream, .. index, .. Crc(index), .. Crc(footer), .. footer, .. "YZ"u8, .. BitConverter.GetBytes(data.Length * blocks)];
    }

    private static byte[] Size(byte[] data) => BitConverter.GetBytes(data.Length);

    private static byte[] Number(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }

    /// <summary>The CRC32 of IEEE 802.3, bit by bit.</summary>
    private static byte[] Crc(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB8_8320);
        }

        return BitConverter.GetBytes(~crc);
    }
}
