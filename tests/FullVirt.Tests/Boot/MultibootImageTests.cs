using Dominion.FullVirt.Bare;
using Dominion.FullVirt.Boot;

namespace Dominion.FullVirt.Tests.Boot;

/// <summary>Multiboot Specification 0.6.96.</summary>
public class MultibootImageTests
{
    private static BootPlan Plan(byte[] image, BootEnvironment environment, string commandLine = "") =>
        KernelImages.Parse(ImageMaker.File(image, commandLine), BootProtocol.Auto).Plan(environment);

    [Fact]
    public void Flat_image_is_loaded_relative_to_its_header_and_its_tail_is_zeroed()
    {
        byte[] image = ImageMaker.FlatMultiboot();
        image[100] = 0x5a;
        BootPlan plan = Plan(image, PcMap.Environment(16));
        Assert.Equal(new BootSegment(0x10_0000, plan.Segments[0].Data, 0x4000), plan.Segments[0]);
        Assert.Equal(image, plan.Segments[0].Data.ToArray());
        Assert.Equal(0x10_0040u, plan.Entry.Eip);
        Assert.Equal(0x2bad_b002u, plan.Entry.Eax);
    }

    [Fact]
    public void Elf64_image_is_entered_at_the_physical_address_of_its_virtual_entry_point()
    {
        BootPlan plan = Plan(ImageMaker.Elf64(multiboot: true), PcMap.Environment(64));
        Assert.Equal(0x100_0040u, plan.Entry.Eip);
        Assert.Equal(0x2bad_b002u, plan.Entry.Eax);
        Assert.Equal(0x100_0000ul, plan.Segments[0].Address);
        Assert.Equal(0x3000ul, plan.Segments[0].MemorySize);
    }

    [Fact]
    public void Information_structure_is_as_3_3_says()
    {
        BootFile disk = new("/a/initrd", new byte[5000]);
        BootFile module = new("/b/extra", new byte[100], "one two");
        BootPlan plan = Plan(ImageMaker.FlatMultiboot(), PcMap.Environment(16, disk, 0, module), "-v");
        PlannedMemory memory = new(plan);
        uint mbi = plan.Entry.Ebx;
        uint flags = memory.U32(mbi);
        Assert.Equal((1u << 0) | (1u << 2) | (1u << 3) | (1u << 6) | (1u << 9), flags);
        Assert.Equal(0x9fc00u / 1024, memory.U32(mbi + 4));
        Assert.Equal(15u * 1024, memory.U32(mbi + 8));
        Assert.Equal("test -v", memory.Text(memory.U32(mbi + 16)));
        Assert.Equal("Dominion", memory.Text(memory.U32(mbi + 64)));

        Assert.Equal(2u, memory.U32(mbi + 20));
        uint modules = memory.U32(mbi + 24);
        Assert.Equal(0x10_4000u, memory.U32(modules));
        Assert.Equal(0x10_4000u + 5000, memory.U32(modules + 4));
        Assert.Equal("initrd", memory.Text(memory.U32(modules + 8)));
        Assert.Equal(0x10_6000u, memory.U32(modules + 16));
        Assert.Equal("extra one two", memory.Text(memory.U32(modules + 24)));

        Assert.Equal(4u * 24, memory.U32(mbi + 44));
        uint map = memory.U32(mbi + 48);
        Assert.Equal(20u, memory.U32(map + 72));
        Assert.Equal(1ul << 20, memory.U64(map + 76));
        Assert.Equal(15ul << 20, memory.U64(map + 84));
        Assert.Equal(1u, memory.U32(map + 92));
    }

    [Fact]
    public void Unknown_optional_flags_are_passed_over_and_unknown_required_ones_refused()
    {
        Assert.Equal(0x10_0040u, Plan(ImageMaker.FlatMultiboot(flags: 0x8001_0007), PcMap.Environment(16)).Entry.Eip);
        Refused.With("DOM3014", "8h", () => Plan(ImageMaker.FlatMultiboot(flags: 0x1_0008), PcMap.Environment(16)));
    }

    [Fact]
    public void Refuses_headers_that_contradict_themselves()
    {
        Refused.With("DOM3008", "asks for", () => Plan(ImageMaker.FlatMultiboot(loadEnd: 0x10_2000), PcMap.Environment(16)));
        Refused.With("DOM3009", "before its data", () => Plan(ImageMaker.FlatMultiboot(zeroEnd: 0x10_0800), PcMap.Environment(16)));
        Refused.With("DOM3009", "before its start", () => Plan(ImageMaker.FlatMultiboot(loadEnd: 0x1000), PcMap.Environment(16)));
        Refused.With("DOM3008", "address fields", () => Plan(ImageMaker.FlatMultiboot()[..40], PcMap.Environment(16)));
        Refused.With("DOM3009", "no addresses", () => Plan(ImageMaker.FlatMultiboot(flags: 0), PcMap.Environment(16)));
    }

    [Fact]
    public void Header_is_found_only_in_the_first_8192_bytes_and_only_aligned()
    {
        byte[] header = ImageMaker.FlatMultiboot()[16..48];
        byte[] late = [.. new byte[8192 - 8], .. header, .. new byte[4096]];
        Refused.With("DOM3006", "no known format", () => Plan(late, PcMap.Environment(16)));
        byte[] skewed = [.. new byte[18], .. header, .. new byte[4096]];
        Refused.With("DOM3006", "no known format", () => Plan(skewed, PcMap.Environment(16)));
    }

    [Fact]
    public void Refuses_what_does_not_fit()
    {
        Refused.With("DOM3010", "does not fit", () => Plan(ImageMaker.FlatMultiboot(zeroEnd: 0x200_0000), PcMap.Environment(16)));
        Refused.With("DOM3011", "/m", () => Plan(ImageMaker.FlatMultiboot(), PcMap.Environment(16, new BootFile("/m", new byte[16 << 20]))));
    }
}
