using Dominion.FullVirt.Bare;
using Dominion.FullVirt.Boot;
using Dominion.FullVirt.Boot.Multiboot;

namespace Dominion.FullVirt.Tests.Boot;

public class KernelImagesTests
{
    private static void Parse(byte[] image, BootProtocol protocol = BootProtocol.Auto) => KernelImages.Parse(ImageMaker.File(image), protocol);

    private static byte[] With(int offset, ReadOnlySpan<byte> magic)
    {
        byte[] image = new byte[1024];
        magic.CopyTo(image.AsSpan(offset));
        return image;
    }

    [Fact]
    public void Names_the_architecture_of_a_kernel_for_another_machine()
    {
        Refused.With("DOM3007", "AArch64", () => Parse(With(0x38, "ARM\x64"u8)));
        Refused.With("DOM3007", "RISC-V", () => Parse(With(0x38, "RSC\x05"u8)));
        Refused.With("DOM3007", "ARM", () => Parse(With(0x24, [0x18, 0x28, 0x6f, 0x01])));
        Refused.With("DOM3007", "AArch64", () => Parse(ImageMaker.Elf64(machine: 183)));
        Refused.With("DOM3007", "ELF machine 999", () => Parse(ImageMaker.Elf64(machine: 999)));
        Refused.With("DOM3007", "AArch64", () => Parse(With(0x38, "ARM\x64"u8), BootProtocol.Linux));
        byte[] bigEndian = ImageMaker.Elf64();
        bigEndian[5] = 2;
        bigEndian[18] = 0;
        bigEndian[19] = 22;
        Refused.With("DOM3007", "S/390", () => Parse(bigEndian));
    }

    [Fact]
    public void Says_what_an_unknown_file_seems_to_be()
    {
        Refused.With("DOM3006", "gzip", () => Parse(With(0, [0x1f, 0x8b])));
        Refused.With("DOM3006", "RAM disk", () => Parse(With(0, "070701"u8)));
        Refused.With("DOM3006", "without a PVH note", () => Parse(ImageMaker.Elf64(note: false)));
        Refused.With("DOM3006", "no known format", () => Parse([1]));
    }

    [Fact]
    public void Protocol_asked_for_must_be_there()
    {
        Refused.With("DOM3013", "'linux'", () => Parse(ImageMaker.Elf64(), BootProtocol.Linux));
        Refused.With("DOM3013", "'multiboot'", () => Parse(ImageMaker.Elf64(), BootProtocol.Multiboot));
        Refused.With("DOM3013", "'pvh'", () => Parse(ImageMaker.Linux(), BootProtocol.Pvh));
        Assert.IsType<MultibootImage>(KernelImages.Parse(ImageMaker.File(ImageMaker.Elf64(multiboot: true)), BootProtocol.Auto));
        Assert.IsType<Dominion.FullVirt.Boot.Pvh.PvhImage>(KernelImages.Parse(ImageMaker.File(ImageMaker.Elf64(multiboot: true)), BootProtocol.Pvh));
    }

    [Fact]
    public void Refuses_truncated_elf_images()
    {
        byte[] image = ImageMaker.Elf64();
        Refused.With("DOM3008", "header is incomplete", () => Parse(image[..16]));
        Refused.With("DOM3008", "header is incomplete", () => Parse(image[..60]));
        Refused.With("DOM3008", "program headers", () => Parse(image[..150]));
        Refused.With("DOM3008", "segment 0", () => Parse(image[..0x1400]));
    }

    [Fact]
    public void Built_in_guests_load_by_multiboot_and_by_pvh()
    {
        foreach (Guests.Builtin.BuiltinGuest guest in Guests.Builtin.BuiltinGuest.All)
        {
            BootFile file = ImageMaker.File(guest.Build());
            BootPlan multiboot = KernelImages.Parse(file, BootProtocol.Auto).Plan(PcMap.Environment(16));
            BootPlan pvh = KernelImages.Parse(file, BootProtocol.Pvh).Plan(PcMap.Environment(16));
            Assert.Equal(0x2bad_b002u, multiboot.Entry.Eax);
            Assert.Equal(multiboot.Entry.Eip, pvh.Entry.Eip);
            Assert.Contains(multiboot.Segments, s => multiboot.Entry.Eip >= s.Address && multiboot.Entry.Eip < s.Address + (ulong)s.Data.Length);
        }
    }
}
