using Dominion.Paravirt.Xen.Building.Images;

namespace Dominion.Paravirt.Xen.Tests.Building.Images;

public class KernelPayloadTests
{
    private const ulong Memory = 64 << 20;

    private static readonly byte[] Image = MakeImage(200_000);

    public static TheoryData<string> Compressions => ["gzip", "xz", "lz4", "zstd"];

    [Theory]
    [MemberData(nameof(Compressions))]
    public void A_payload_is_unpacked(string compression) => Unpacks(PayloadMaker.BzImage(Pack(compression, Image)), Image);

    [Fact]
    public void A_payload_may_be_the_image_itself() => Unpacks(PayloadMaker.BzImage(Image), Image);

    [Fact]
    public void An_image_needs_no_wrapping() => Unpacks(Image, Image);

    [Fact]
    public void An_image_may_be_compressed_as_a_whole() => Unpacks(PayloadMaker.Gzip(Image), Image);

    [Fact]
    public void No_setup_sectors_are_four() => Unpacks(PayloadMaker.BzImage(Image, setupSectors: 0), Image);

    [Fact]
    public void An_xz_stream_may_have_a_branch_filter() => Unpacks(PayloadMaker.BzImage(PayloadMaker.XzOfCalls()), PayloadMaker.Calls());

    [Fact]
    public void An_lz4_frame_of_several_blocks()
    {
        byte[] image = MakeImage((8 << 20) + 12345);
        Unpacks(PayloadMaker.BzImage(PayloadMaker.Lz4(image)), image);
    }

    [Theory]
    [MemberData(nameof(Compressions))]
    public void A_payload_must_not_be_larger_than_the_memory(string compression) =>
        Refused.With("DOM3604", "200000 bytes; at most 199999", () => KernelPayload.Extract("k", PayloadMaker.BzImage(Pack(compression, Image)), 199_999));

    [Theory]
    [MemberData(nameof(Compressions))]
    public void A_payload_must_not_unpack_to_more_than_it_says(string compression) => Claim(compression, -1);

    [Theory]
    [MemberData(nameof(Compressions))]
    public void A_payload_must_not_unpack_to_less_than_it_says(string compression) => Claim(compression, 1);

    [Theory]
    [MemberData(nameof(Compressions))]
    public void A_payload_must_be_complete(string compression)
    {
        byte[] whole = Pack(compression, Image);
        byte[] cut = [.. whole[..(whole.Length / 2)], .. whole[^4..]];
        Refused.With("DOM3603", "damaged", () => KernelPayload.Extract("k", PayloadMaker.BzImage(cut), Memory));
    }

    [Theory]
    [MemberData(nameof(Compressions))]
    public void A_payload_must_hold_an_image(string compression) =>
        Refused.With("DOM3603", "no ELF image", () => KernelPayload.Extract("k", PayloadMaker.BzImage(Pack(compression, new byte[1000])), Memory));

    [Fact]
    public void A_claim_beyond_every_kernel_is_refused_before_memory_is_taken()
    {
        byte[] payload = [0x28, 0xB5, 0x2F, 0xFD, .. new byte[20], 0xFF, 0xFF, 0xFF, 0x7F];
        Refused.With("DOM3604", "2147483647", () => KernelPayload.Extract("k", PayloadMaker.BzImage(payload), ulong.MaxValue));
    }

    [Fact]
    public void A_dictionary_beyond_every_kernel_is_refused_before_memory_is_taken() =>
        Refused.With("DOM3602", "dictionary of", () => KernelPayload.Extract("k", PayloadMaker.BzImage(PayloadMaker.Xz(Image, dictionary: 39)), Memory));

    [Fact]
    public void Several_xz_blocks_are_refused() =>
        Refused.With("DOM3603", "holds 200000 bytes and says 400000", () => KernelPayload.Extract("k", PayloadMaker.BzImage(PayloadMaker.Xz(Image, blocks: 2)), Memory));

    [Fact]
    public void A_second_xz_block_that_the_size_does_not_count_is_refused()
    {
        byte[] payload = [.. PayloadMaker.Xz(Image, blocks: 2)[..^4], .. BitConverter.GetBytes(Image.Length)];
        Refused.With("DOM3602", "several XZ blocks", () => KernelPayload.Extract("k", PayloadMaker.BzImage(payload), Memory));
    }

    [Theory]
    [InlineData(new byte[] { 0x42, 0x5A, 0x68 }, "bzip2")]
    [InlineData(new byte[] { 0x5D, 0, 0 }, "lzma")]
    [InlineData(new byte[] { 0x89, 0x4C, 0x5A, 0x4F }, "lzo")]
    [InlineData(new byte[] { 1, 2, 3, 4 }, "unknown")]
    public void Other_compressions_are_named(byte[] magic, string name) =>
        Refused.With("DOM3602", name, () => KernelPayload.Extract("k", PayloadMaker.BzImage([.. magic, .. new byte[100]]), Memory));

    [Fact]
    public void An_old_bzImage_does_not_say_where_its_payload_is() =>
        Refused.With("DOM3602", "2.07", () => KernelPayload.Extract("k", PayloadMaker.BzImage(Image, protocol: 0x207), Memory));

    [Fact]
    public void A_payload_must_lie_in_the_file()
    {
        byte[] file = PayloadMaker.BzImage(Image);
        BitConverter.TryWriteBytes(file.AsSpan(0x248), uint.MaxValue);
        Refused.With("DOM3603", "beyond the end", () => KernelPayload.Extract("k", file, Memory));
    }

    [Theory]
    [InlineData("")]
    [InlineData("MZ something")]
    public void Other_files_are_refused(string text) =>
        Refused.With("DOM3601", "no format", () => KernelPayload.Extract("k", System.Text.Encoding.ASCII.GetBytes(text), Memory));

    private static void Unpacks(byte[] file, byte[] image) => Assert.True(KernelPayload.Extract("k", file, Memory).Span.SequenceEqual(image));

    private static void Claim(string compression, int excess)
    {
        byte[] payload = Pack(compression, Image);
        BitConverter.TryWriteBytes(payload.AsSpan(payload.Length - 4), Image.Length + excess);
        Refused.With("DOM3603", "damaged", () => KernelPayload.Extract("k", PayloadMaker.BzImage(payload), Memory));
    }

    private static byte[] Pack(string compression, byte[] image) => compression switch
    {
        "gzip" => PayloadMaker.Gzip(image),
        "xz" => PayloadMaker.Xz(image),
        "lz4" => PayloadMaker.Lz4(image),
        _ => PayloadMaker.Zstd(image),
    };

    /// <summary>Bytes that begin as ELF does and are neither constant nor incompressible.</summary>
    private static byte[] MakeImage(int length)
    {
        byte[] image = new byte[length];
        new Random(4).NextBytes(image.AsSpan(0, length / 2));
        "\u007fELF"u8.CopyTo(image);
        return image;
    }
}
