using System.IO.Compression;
using K4os.Compression.LZ4;
using ZstdSharp;

namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>Finds the ELF image in a kernel's file: the file itself, or what a bzImage or a gzip file holds (Linux, Documentation/arch/x86/boot.rst, "payload_offset").</summary>
/// <remarks>
/// Every compressed payload ends in four bytes that give its unpacked size: gzip's own ISIZE, or the number that Linux's build appends.
/// The buffer is made by that number once it is known to be within bounds, and what is unpacked must fill it exactly.
/// </remarks>
internal static class KernelPayload
{
    /// <summary>What no kernel exceeds, whatever the domain's memory.</summary>
    private const ulong LargestKernel = 512 << 20;

    private const ushort BootFlag = 0xAA55;
    private const uint SetupMagic = 0x5372_6448;

    /// <summary>The boot protocol that brought payload_offset and payload_length.</summary>
    private const ushort PayloadProtocol = 0x208;

    private const int SetupSectorsField = 0x1F1;
    private const int BootFlagField = 0x1FE;
    private const int MagicField = 0x202;
    private const int ProtocolField = 0x206;
    private const int PayloadOffsetField = 0x248;
    private const int SetupHeaderEnd = 0x250;
    private const int SectorSize = 512;
    private const int SizeTrailer = 4;

    /// <summary>The unpacked size of every block of an LZ4 legacy frame but the last (lz4, doc/lz4_Frame_format.md, "Legacy frame").</summary>
    private const int Lz4BlockSize = 8 << 20;

    /// <summary>Gets the ELF image.</summary>
    /// <param name="name">The kernel's name, for diagnostics.</param>
    /// <param name="file">The kernel's file.</param>
    /// <param name="memory">The domain's memory in bytes; no larger image is unpacked.</param>
    /// <returns>The image's bytes; they begin as ELF does.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">The file is of another format or damaged, or its payload is too large or of an unknown compression.</exception>
    public static ReadOnlyMemory<byte> Extract(string name, ReadOnlyMemory<byte> file, ulong memory)
    {
        if (IsElf(file.Span))
            return file;
        if (IsGzip(file.Span))
            return Checked(name, Unpack(name, file, memory));
        if (!IsSetup(file))
            throw ImageDiagnostics.UnknownFormat(name);
        ReadOnlyMemory<byte> payload = Payload(name, file);
        return IsElf(payload.Span) ? payload : Checked(name, Unpack(name, payload, memory));
    }

    private static bool IsElf(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\u007fELF"u8);

    private static bool IsGzip(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B, 8]);

    private static bool IsSetup(ReadOnlyMemory<byte> file) =>
        file.Length >= SetupHeaderEnd && file.U16(BootFlagField) == BootFlag && file.U32(MagicField) == SetupMagic;

    private static ReadOnlyMemory<byte> Checked(string name, ReadOnlyMemory<byte> image) =>
        IsElf(image.Span) ? image : throw ImageDiagnostics.DamagedPayload(name, "it holds no ELF image");

    private static ReadOnlyMemory<byte> Payload(string name, ReadOnlyMemory<byte> file)
    {
        ushort protocol = file.U16(ProtocolField);
        if (protocol < PayloadProtocol)
            throw ImageDiagnostics.UnsupportedPayload(name, $"boot protocol {protocol >> 8}.{protocol & 0xFF:d2} does not tell where it is (2.08 does)");

        // A zero stands for four sectors (boot.rst, "setup_sects").
        uint setupSectors = file.Span[SetupSectorsField];
        ulong start = ((setupSectors == 0 ? 4 : setupSectors) + 1) * SectorSize + (ulong)file.U32(PayloadOffsetField);
        uint length = file.U32(PayloadOffsetField + 4);
        if (!file.Holds(start, length))
            throw ImageDiagnostics.DamagedPayload(name, $"{length} bytes at {start:x}h lie beyond the end of the file");
        return file.Slice((int)start, (int)length);
    }

    private static ReadOnlyMemory<byte> Unpack(string name, ReadOnlyMemory<byte> payload, ulong memory)
    {
        ReadOnlySpan<byte> magic = payload.Span;
        Func<ReadOnlyMemory<byte>, int, ReadOnlyMemory<byte>> unpack =
            IsGzip(magic) ? UnpackGzip :
            magic.StartsWith((ReadOnlySpan<byte>)[0x02, 0x21, 0x4C, 0x18]) ? UnpackLz4 :
            magic.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) ? UnpackZstd :
            magic.StartsWith(XzPayload.Magic) ? XzPayload.Unpack :
            throw ImageDiagnostics.UnsupportedPayload(name, UnsupportedCompression(magic));
        if (payload.Length < 16)
            throw ImageDiagnostics.DamagedPayload(name, "it is too short");

        uint size = payload.U32(payload.Length - SizeTrailer);
        ulong maximum = Math.Min(memory, LargestKernel);
        if (size > maximum)
            throw ImageDiagnostics.PayloadTooLarge(name, size, maximum);
        try
        {
            return unpack(payload, (int)size);
        }
        catch (NotSupportedException e)
        {
            throw ImageDiagnostics.UnsupportedPayload(name, e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The decoders come from elsewhere and document no closed set of exceptions for damaged input.
            throw ImageDiagnostics.DamagedPayload(name, e.Message);
        }
    }

    private static string UnsupportedCompression(ReadOnlySpan<byte> magic) =>
        magic.StartsWith("BZh"u8) ? "it is compressed with bzip2" :
        magic.StartsWith((ReadOnlySpan<byte>)[0x5D, 0, 0]) ? "it is compressed with lzma" :
        magic.StartsWith((ReadOnlySpan<byte>)[0x89, 0x4C, 0x5A, 0x4F]) ? "it is compressed with lzo" :
        "its compression is unknown";

    private static ReadOnlyMemory<byte> UnpackGzip(ReadOnlyMemory<byte> payload, int size)
    {
        byte[] image = new byte[size];
        using GZipStream gzip = new(payload.Open(), CompressionMode.Decompress);
        gzip.ReadExactly(image);
        return gzip.ReadByte() == -1 ? image : throw new InvalidDataException("it unpacks to more than it says");
    }

    private static ReadOnlyMemory<byte> UnpackZstd(ReadOnlyMemory<byte> payload, int size)
    {
        byte[] image = new byte[size];
        using Decompressor zstd = new();
        int length = zstd.Unwrap(payload.Span[..^SizeTrailer], image);
        return length == size ? image : throw new InvalidDataException("it unpacks to less than it says");
    }

    private static ReadOnlyMemory<byte> UnpackLz4(ReadOnlyMemory<byte> payload, int size)
    {
        byte[] image = new byte[size];
        ReadOnlyMemory<byte> blocks = payload[4..^SizeTrailer];
        int written = 0;
        while (blocks.Length != 0)
        {
            if (blocks.Length < 4 || !blocks.Holds(4, blocks.U32(0)))
                throw new InvalidDataException("an LZ4 block is incomplete");
            int length = (int)blocks.U32(0);
            Span<byte> target = image.AsSpan(written, Math.Min(Lz4BlockSize, size - written));
            int count = LZ4Codec.Decode(blocks.Span.Slice(4, length), target);
            if (count <= 0)
                throw new InvalidDataException("an LZ4 block is damaged");
            written += count;
            blocks = blocks[(4 + length)..];
        }

        return written == size ? image : throw new InvalidDataException("it unpacks to less than it says");
    }
}
