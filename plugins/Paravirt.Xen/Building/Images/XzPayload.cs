using SharpCompress.Compressors.Xz;

namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>Unpacks the XZ stream of a kernel (The .xz File Format, version 1.2.1): one block, LZMA2, x86 branch filter or none.</summary>
/// <remarks>
/// The stream's frame is walked before it is given to the decoder, so that neither the dictionary nor the output is larger than was checked.
/// The decoder is read once, by a buffer that takes everything: its branch filter changes instructions wrongly that lie across the border of two reads.
/// </remarks>
internal static class XzPayload
{
    private const int StreamHeaderSize = 12;
    private const uint FilterX86 = 4;
    private const uint FilterLzma2 = 0x21;

    /// <summary>The dictionary of the highest preset of xz; Linux's build uses half of it.</summary>
    private const ulong LargestDictionary = 64 << 20;

    /// <summary>How an XZ stream begins.</summary>
    public static ReadOnlySpan<byte> Magic => [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0];

    /// <summary>Unpacks.</summary>
    /// <param name="payload">The stream and, in its last four bytes, the unpacked size.</param>
    /// <param name="size">The size expected.</param>
    /// <returns>The unpacked bytes.</returns>
    /// <exception cref="InvalidDataException">The stream is damaged; the decoder has exceptions of its own.</exception>
    /// <exception cref="NotSupportedException">The stream uses something that kernels do not.</exception>
    public static ReadOnlyMemory<byte> Unpack(ReadOnlyMemory<byte> payload, int size)
    {
        ReadOnlyMemory<byte> stream = payload[..^4];
        CheckFrame(stream.Span, (uint)size);
        using XZStream xz = new(stream.Open());
        byte[] image = new byte[size + 1];
        int length = xz.Read(image, 0, image.Length);
        if (length != size || xz.Read(image, length, 1) != 0)
            throw new InvalidDataException("it does not unpack to what it says");
        return image.AsMemory(0, length);
    }

    private static void CheckFrame(ReadOnlySpan<byte> stream, ulong expected)
    {
        int at = StreamHeaderSize;
        int header = Byte(stream, at);
        if (header == 0)
            throw new InvalidDataException("the XZ stream has no block");
        int headerEnd = at + ((header + 1) * 4);
        if (headerEnd > stream.Length)
            throw new InvalidDataException("the XZ block header is incomplete");
        CheckFilters(stream[(at + 1)..headerEnd]);
        at = headerEnd;
        ulong size = Lzma2Size(stream, ref at);
        if (size != expected)
            throw new InvalidDataException($"it holds {size} bytes and says {expected}");

        // Block padding, then the check (2.1.1.2 and 3.4); the index starts with a zero, another block does not (4.1).
        int check = (stream[7] & 0xF) switch
        {
            0 => 0,
            1 => 4,
            4 => 8,
            10 => 32,
            int other => throw new NotSupportedException($"XZ check type {other}"),
        };
        at = ((at + 3) & ~3) + check;
        if (Byte(stream, at) != 0)
            throw new NotSupportedException("it has several XZ blocks");
    }

    private static void CheckFilters(ReadOnlySpan<byte> header)
    {
        int flags = header[0];
        if ((flags & 0x3C) != 0)
            throw new NotSupportedException("unknown XZ block flags");
        int at = 1;
        if ((flags & 0x40) != 0)
            Number(header, ref at);
        if ((flags & 0x80) != 0)
            Number(header, ref at);
        int filters = (flags & 3) + 1;
        for (int i = 0; i < filters; i++)
        {
            ulong id = Number(header, ref at);
            ulong length = Number(header, ref at);
            if (i == filters - 1 && id == FilterLzma2 && length == 1)
                CheckDictionary(Byte(header, at));
            else if (i != 0 || id != FilterX86 || length != 0)
                throw new NotSupportedException($"XZ filter {id:x}h");
            at += (int)length;
        }
    }

    /// <summary>Checks LZMA2's property (5.3.1).</summary>
    private static void CheckDictionary(int property)
    {
        if (property > 40)
            throw new InvalidDataException("the LZMA2 dictionary size is invalid");
        ulong size = (2ul | ((uint)property & 1)) << ((property / 2) + 11);
        if (size > LargestDictionary)
            throw new NotSupportedException($"an LZMA2 dictionary of {size} bytes");
    }

    /// <summary>Adds up the sizes in the headers of the LZMA2 chunks and goes past the end marker.</summary>
    private static ulong Lzma2Size(ReadOnlySpan<byte> stream, ref int at)
    {
        ulong size = 0;
        while (true)
        {
            int control = Byte(stream, at++);
            if (control == 0)
                return size;
            if (control is > 2 and < 0x80)
                throw new InvalidDataException("an LZMA2 chunk is damaged");
            int low = (Byte(stream, at) << 8) + Byte(stream, at + 1) + 1;
            at += 2;
            if (control < 0x80)
            {
                size += (uint)low;
                at += low;
                continue;
            }

            size += (uint)(((control & 0x1F) << 16) + low);
            at += 2 + (control >= 0xC0 ? 1 : 0) + (Byte(stream, at) << 8) + Byte(stream, at + 1) + 1;
        }
    }

    /// <summary>Reads a number of variable length (1.2).</summary>
    private static ulong Number(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            int part = Byte(bytes, at++);
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw new InvalidDataException("a number in the XZ block header is damaged");
    }

    private static int Byte(ReadOnlySpan<byte> bytes, int at) =>
        at < bytes.Length ? bytes[at] : throw new InvalidDataException("the XZ stream is incomplete");
}
