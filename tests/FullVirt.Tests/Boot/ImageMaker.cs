using System.Buffers.Binary;
using Dominion.FullVirt.Boot;

namespace Dominion.FullVirt.Tests.Boot;

/// <summary>Handmade images, field by field from the specifications.</summary>
internal static class ImageMaker
{
    public static BootFile File(byte[] image, string commandLine = "") => new("/kernels/test", image, commandLine);

    /// <summary>A bzImage of protocol 2.15: two setup sectors after the boot sector, then the kernel.</summary>
    public static byte[] Linux(int kernelSize = 8192, uint initSize = 0x10_0000, ulong preferred = 0x100_0000, bool relocatable = true, ushort version = 0x20f)
    {
        byte[] image = new byte[(3 * 512) + kernelSize];
        image[0x1f1] = 2;
        Put32(image, 0x1f4, (uint)(kernelSize + 15) / 16);
        Put16(image, 0x1fe, 0xaa55);
        image[0x200] = 0xeb;
        image[0x201] = 0x6a;
        "HdrS"u8.CopyTo(image.AsSpan(0x202));
        Put16(image, 0x206, version);
        image[0x211] = 1;
        Put32(image, 0x214, 0x10_0000);
        Put32(image, 0x22c, 0x7fff_ffff);
        Put32(image, 0x230, 0x20_0000);
        image[0x234] = relocatable ? (byte)1 : (byte)0;
        Put32(image, 0x238, 2047);
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(0x258), preferred);
        Put32(image, 0x260, initSize);
        for (int i = 1536; i < image.Length; i++)
            image[i] = (byte)(i * 7);
        return image;
    }

    /// <summary>A Multiboot image with addresses in its header, loaded to 1 MiB.</summary>
    public static byte[] FlatMultiboot(uint flags = 0x1_0000, uint loadEnd = 0, uint zeroEnd = 0x10_4000, int length = 4096)
    {
        byte[] image = new byte[length];
        Put32(image, 16, 0x1bad_b002);
        Put32(image, 20, flags);
        Put32(image, 24, unchecked(0u - 0x1bad_b002u - flags));
        Put32(image, 28, 0x10_0010);
        Put32(image, 32, 0x10_0000);
        Put32(image, 36, loadEnd);
        Put32(image, 40, zeroEnd);
        Put32(image, 44, 0x10_0040);
        return image;
    }

    /// <summary>An ELF64 image at the kernel's usual virtual address with a PVH note and, if wanted, a Multiboot header.</summary>
    public static byte[] Elf64(bool note = true, bool multiboot = false, ushort machine = 62, uint descriptionSize = 8)
    {
        byte[] image = new byte[0x2000];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(image);
        Put16(image, 16, 2);
        Put16(image, 18, machine);
        Put32(image, 20, 1);
        Put64(image, 24, 0xffff_ffff_8100_0040);
        Put64(image, 32, 64);
        Put16(image, 52, 64);
        Put16(image, 54, 56);
        Put16(image, 56, 2);
        Segment64(image, 64, 1, 0x1000, 0xffff_ffff_8100_0000, 0x100_0000, 0x800, 0x3000);
        Segment64(image, 120, note ? 4u : 0u, 0x1900, 0, 0, 40, 40);
        if (multiboot)
        {
            Put32(image, 0x1000, 0x1bad_b002);
            Put32(image, 0x1008, unchecked(0u - 0x1bad_b002u));
        }

        // Another owner's note first, then Xen's.
        Put32(image, 0x1900, 4);
        Put32(image, 0x1908, 18);
        "GNU\0"u8.CopyTo(image.AsSpan(0x190c));
        Put32(image, 0x1910, 4);
        Put32(image, 0x1914, descriptionSize);
        Put32(image, 0x1918, 18);
        "Xen\0"u8.CopyTo(image.AsSpan(0x191c));
        Put32(image, 0x1920, 0x100_0080);
        return image;
    }

    public static void Put16(byte[] image, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(offset), value);

    public static void Put32(byte[] image, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(offset), value);

    public static void Put64(byte[] image, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(offset), value);

    private static void Segment64(byte[] image, int at, uint type, ulong offset, ulong virtualAddress, ulong physical, ulong fileSize, ulong memorySize)
    {
        Put32(image, at, type);
        Put64(image, at + 8, offset);
        Put64(image, at + 16, virtualAddress);
        Put64(image, at + 24, physical);
        Put64(image, at + 32, fileSize);
        Put64(image, at + 40, memorySize);
    }
}
