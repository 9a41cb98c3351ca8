namespace Dominion.FullVirt.Boot;

/// <summary>Formats that cannot be booted, known so that a diagnostic can name them.</summary>
internal static class KernelFormats
{
    private static readonly (int Offset, byte[] Magic, string Architecture)[] Architectures =
    [
        (0x38, [.. "ARM\x64"u8], "AArch64"),             // Linux, Documentation/arch/arm64/booting.rst
        (0x24, [0x18, 0x28, 0x6f, 0x01], "ARM"),         // Linux, arch/arm/boot/compressed/head.S: the zImage magic
        (0x38, [.. "RSC\x05"u8], "RISC-V"),              // Linux, Documentation/arch/riscv/boot-image-header.rst
        (0x38, [.. "LoongArch"u8], "LoongArch"),
    ];

    private static readonly (int Offset, byte[] Magic, string Guess)[] Known =
    [
        (0, [0x1f, 0x8b], "it is compressed with gzip; unpack it first"),
        (0, [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z'], "it is compressed with xz; unpack it first"),
        (0, [0x28, 0xb5, 0x2f, 0xfd], "it is compressed with zstd; unpack it first"),
        (0, [0x02, 0x21, 0x4c, 0x18], "it is compressed with lz4; unpack it first"),
        (0, [0x7f, (byte)'E', (byte)'L', (byte)'F'], "an ELF image without a Multiboot header and without a PVH note"),
        (0, [.. "!<arch>"u8], "it is a package; unpack it first"),
        (0, [.. "0707"u8], "it is a RAM disk (cpio)"),
        (0, [(byte)'M', (byte)'Z'], "it is an EFI or DOS program"),
        (0x1fe, [0x55, 0xaa], "it is a boot sector or a disk image"),
    ];

    /// <summary>Names the architecture of a kernel for another one.</summary>
    /// <param name="image">The image.</param>
    /// <returns>The architecture, or null.</returns>
    public static string? OtherArchitecture(ReadOnlyMemory<byte> image) =>
        Architectures.FirstOrDefault(a => Matches(image, a.Offset, a.Magic)).Architecture;

    /// <summary>Names what an image seems to be.</summary>
    /// <param name="image">The image.</param>
    /// <returns>A half sentence, or null.</returns>
    public static string? Guess(ReadOnlyMemory<byte> image) => Known.FirstOrDefault(k => Matches(image, k.Offset, k.Magic)).Guess;

    private static bool Matches(ReadOnlyMemory<byte> image, int offset, byte[] magic) =>
        image.Length >= offset && image.Span[offset..].StartsWith(magic);
}
