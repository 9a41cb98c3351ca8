using Dominion.FullVirt.Bare;
using Dominion.FullVirt.Boot;
using Dominion.FullVirt.Boot.Linux;

namespace Dominion.FullVirt.Tests.Boot;

/// <summary>Linux, Documentation/arch/x86/boot.rst and zero-page.rst.</summary>
public class LinuxImageTests
{
    private static BootPlan Plan(byte[] image, BootEnvironment environment, string commandLine = "") =>
        KernelImages.Parse(ImageMaker.File(image, commandLine), BootProtocol.Auto).Plan(environment);

    [Fact]
    public void Kernel_goes_to_its_preferred_address_and_is_entered_there_with_the_zero_page_in_esi()
    {
        byte[] image = ImageMaker.Linux();
        BootPlan plan = Plan(image, PcMap.Environment(64));
        Assert.Equal(0x100_0000u, plan.Entry.Eip);
        PlannedMemory memory = new(plan);
        Assert.Equal(image[1536..], memory.Bytes(0x100_0000, 8192));
        Assert.Equal("HdrS"u8.ToArray(), memory.Bytes(plan.Entry.Esi + 0x202, 4));
        Assert.Equal(0u, plan.Entry.Ebx);
    }

    [Fact]
    public void Zero_page_carries_what_the_boot_loader_must_fill_in()
    {
        BootFile disk = new("/initrd", new byte[5000]);
        BootPlan plan = Plan(ImageMaker.Linux(), PcMap.Environment(64, disk, 0xe_0010), "console=ttyS0");
        PlannedMemory memory = new(plan);
        uint page = plan.Entry.Esi;
        Assert.Equal(0xff, memory.U8(page + 0x210));
        Assert.Equal(1, memory.U8(page + 0x211) & 0x81);
        Assert.Equal(0xffff, memory.U16(page + 0x1fa));
        Assert.Equal(plan.Entry.Eip, memory.U32(page + 0x214));
        Assert.Equal("console=ttyS0", memory.Text(memory.U32(page + 0x228)));
        Assert.Equal(0xe_0010ul, memory.U64(page + 0x70));
        uint ramdisk = memory.U32(page + 0x218);
        Assert.Equal(5000u, memory.U32(page + 0x21c));
        Assert.Equal(0x400_0000u - 8192, ramdisk);
        Assert.Equal(4, memory.U8(page + 0x1e8));
        Assert.Equal(0ul, memory.U64(page + 0x2d0));
        Assert.Equal(0x9fc00ul, memory.U64(page + 0x2d8));
        Assert.Equal(1u, memory.U32(page + 0x2e0));
        Assert.Equal(1ul << 20, memory.U64(page + 0x2d0 + 60));
        Assert.Equal(63ul << 20, memory.U64(page + 0x2d0 + 68));
    }

    [Fact]
    public void Zero_page_describes_a_display_in_text_mode()
    {
        BootPlan plan = Plan(ImageMaker.Linux(), PcMap.Environment(64) with { HasTextDisplay = true });
        PlannedMemory memory = new(plan);
        uint page = plan.Entry.Esi;

        // struct screen_info: orig_video_mode, orig_video_cols, orig_video_lines, orig_video_isVGA, orig_video_points.
        Assert.Equal([3, 80], memory.Bytes(page + 0x06, 2));
        Assert.Equal([25, 1, 16, 0], memory.Bytes(page + 0x0e, 4));
    }

    [Fact]
    public void Fields_of_a_real_page_that_no_loader_fills_are_zero()
    {
        byte[] image = ImageMaker.Linux();
        for (int i = 0; i < 0x1f1; i++)
            image[i] = 0xcc;
        BootPlan plan = Plan(image, PcMap.Environment(64));
        Assert.Equal(new byte[0x70], new PlannedMemory(plan).Bytes(plan.Entry.Esi, 0x70));
    }

    [Fact]
    public void Descriptor_table_has_the_boot_selectors()
    {
        BootPlan plan = Plan(ImageMaker.Linux(), PcMap.Environment(64));
        PlannedMemory memory = new(plan);
        Assert.Equal(0x00cf_9b00_0000_fffful, memory.U64(plan.Entry.DescriptorTable + 0x10));
        Assert.Equal(0x00cf_9300_0000_fffful, memory.U64(plan.Entry.DescriptorTable + 0x18));
    }

    [Fact]
    public void Relocatable_kernel_moves_to_an_aligned_place_when_its_preferred_one_is_not_there()
    {
        BootPlan plan = Plan(ImageMaker.Linux(preferred: 0x800_0000), PcMap.Environment(16));
        Assert.Equal(0x20_0000u, plan.Entry.Eip);
    }

    [Fact]
    public void Ramdisk_stays_under_the_kernels_limit_and_outside_its_initial_memory()
    {
        byte[] image = ImageMaker.Linux(initSize: 0x80_0000);
        ImageMaker.Put32(image, 0x22c, 0x17f_ffff);
        BootPlan plan = Plan(image, PcMap.Environment(64, new BootFile("/initrd", new byte[4096])));
        uint ramdisk = new PlannedMemory(plan).U32(plan.Entry.Esi + 0x218);
        Assert.Equal(0x100_0000u - 4096, ramdisk);
    }

    [Fact]
    public void Command_line_may_be_as_long_as_the_kernel_says_and_no_longer()
    {
        string longest = new('x', 2047);
        BootPlan plan = Plan(ImageMaker.Linux(), PcMap.Environment(64), longest);
        Assert.Equal(longest, new PlannedMemory(plan).Text(new PlannedMemory(plan).U32(plan.Entry.Esi + 0x228)));
        Refused.With("DOM3012", "2048 bytes", () => Plan(ImageMaker.Linux(), PcMap.Environment(64), longest + "x"));
    }

    [Fact]
    public void Refuses_what_does_not_fit()
    {
        Refused.With("DOM3010", "does not fit", () => Plan(ImageMaker.Linux(initSize: 64 << 20), PcMap.Environment(32)));
        Refused.With("DOM3010", "at 8000000h", () => Plan(ImageMaker.Linux(preferred: 0x800_0000, relocatable: false), PcMap.Environment(32)));
        Refused.With("DOM3011", "/initrd", () => Plan(ImageMaker.Linux(), PcMap.Environment(32, new BootFile("/initrd", new byte[31 << 20]))));
        Refused.With("DOM3015", "no modules", () => Plan(ImageMaker.Linux(), PcMap.Environment(32, null, 0, new BootFile("/m", new byte[1]))));
    }

    [Theory]
    [InlineData(0x210, "DOM3008")]
    [InlineData(0x300, "DOM3008")]
    [InlineData(1536, "DOM3008")]
    [InlineData(1536 + 8192 - 17, "DOM3008")]
    public void Refuses_a_truncated_image(int length, string id) =>
        Refused.With(id, "truncated", () => Plan(ImageMaker.Linux()[..length], PcMap.Environment(64)));

    [Fact]
    public void Takes_bytes_after_the_kernel_for_a_signature()
    {
        byte[] image = [.. ImageMaker.Linux(), .. new byte[1000]];
        Assert.Equal(8192, Plan(image, PcMap.Environment(64)).Segments[0].Data.Length);
    }

    [Fact]
    public void Refuses_old_protocols_and_low_kernels()
    {
        Refused.With("DOM3014", "2.05", () => Plan(ImageMaker.Linux(version: 0x205), PcMap.Environment(64)));
        byte[] low = ImageMaker.Linux();
        low[0x211] = 0;
        Refused.With("DOM3014", "zImage", () => Plan(low, PcMap.Environment(64)));
        byte[] header = ImageMaker.Linux();
        header[0x201] = 4;
        Refused.With("DOM3009", "206h", () => Plan(header, PcMap.Environment(64)));
    }

    [Fact]
    public void Old_header_without_a_preferred_address_goes_to_one_mebibyte()
    {
        byte[] image = ImageMaker.Linux(version: 0x206, relocatable: false);
        Assert.Equal(0x10_0000u, Plan(image, PcMap.Environment(64)).Entry.Eip);
        Assert.Equal(0x206, LinuxImage.Parse(ImageMaker.File(image)).Version);
    }
}
