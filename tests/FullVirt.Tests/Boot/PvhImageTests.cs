using Dominion.FullVirt.Bare;
using Dominion.FullVirt.Boot;

namespace Dominion.FullVirt.Tests.Boot;

/// <summary>Xen, docs/misc/pvh.pandoc and xen/include/public/arch-x86/hvm/start_info.h.</summary>
public class PvhImageTests
{
    private static BootPlan Plan(byte[] image, BootEnvironment environment, string commandLine = "") =>
        KernelImages.Parse(ImageMaker.File(image, commandLine), BootProtocol.Auto).Plan(environment);

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void Entry_is_the_notes(uint descriptionSize) =>
        Assert.Equal(0x100_0080u, Plan(ImageMaker.Elf64(descriptionSize: descriptionSize), PcMap.Environment(64)).Entry.Eip);

    [Fact]
    public void Start_information_has_version_1_with_the_memory_map()
    {
        BootFile disk = new("/initrd", new byte[5000]);
        BootPlan plan = Plan(ImageMaker.Elf64(), PcMap.Environment(64, disk, 0xe_0010), "quiet");
        PlannedMemory memory = new(plan);
        uint info = plan.Entry.Ebx;
        Assert.Equal(0x336e_c578u, memory.U32(info));
        Assert.Equal(1u, memory.U32(info + 4));
        Assert.Equal(1u, memory.U32(info + 12));
        ulong modules = memory.U64(info + 16);
        Assert.Equal("quiet", memory.Text(memory.U64(info + 24)));
        Assert.Equal(0xe_0010ul, memory.U64(info + 32));
        ulong map = memory.U64(info + 40);
        Assert.Equal(4u, memory.U32(info + 48));
        Assert.Equal(0x100_3000ul, memory.U64(modules));
        Assert.Equal(5000ul, memory.U64(modules + 8));
        Assert.Equal(1ul << 20, memory.U64(map + 72));
        Assert.Equal(63ul << 20, memory.U64(map + 80));
        Assert.Equal(1u, memory.U32(map + 88));
        Assert.Equal(0u, plan.Entry.Eax);
    }

    [Fact]
    public void Refuses_damaged_notes()
    {
        Refused.With("DOM3009", "3 bytes", () => Plan(ImageMaker.Elf64(descriptionSize: 3), PcMap.Environment(64)));
        Refused.With("DOM3009", "beyond its segment", () => Plan(ImageMaker.Elf64(descriptionSize: 9000), PcMap.Environment(64)));
    }
}
