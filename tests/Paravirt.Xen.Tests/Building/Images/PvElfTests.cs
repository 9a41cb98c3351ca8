using System.Text;
using Dominion.Paravirt.Xen.Building.Images;

namespace Dominion.Paravirt.Xen.Tests.Building.Images;

public class PvElfTests
{
    private const ulong Memory = 64 << 20;
    private const uint EntryNote = 1;
    private const uint HypercallPageNote = 2;
    private const uint VirtualBaseNote = 3;
    private const uint PhysicalOffsetNote = 4;
    private const uint XenVersionNote = 5;
    private const uint GuestOsNote = 6;
    private const uint LoaderNote = 8;
    private const uint PaeModeNote = 9;
    private const uint FeaturesNote = 10;
    private const uint BsdSymbolsNote = 11;
    private const uint VmmStartLowNote = 12;
    private const uint InitialP2MNote = 15;
    private const uint ModuleStartPfnNote = 16;
    private const uint SupportedFeaturesNote = 17;
    private const ulong LinuxBase = 0xFFFF_FFFF_8000_0000;

    [Fact]
    public void Addresses_come_from_the_physical_ones()
    {
        PvKernel kernel = Parse(Linux().Load(0x10_3000, [5, 6], 0x1500));
        Assert.True(kernel.Is64Bit);
        Assert.Equal(LinuxBase, kernel.VirtualBase);
        Assert.Equal(LinuxBase + 0x10_0000, kernel.VirtualStart);
        Assert.Equal(LinuxBase + 0x10_4500, kernel.VirtualEnd);
        Assert.Equal(0x10_0000ul, kernel.PhysicalStart);
        Assert.Equal(0x10_4500ul, kernel.PhysicalEnd);
        Assert.Equal(LinuxBase + 0x10_0010, kernel.Entry);
        Assert.Equal(LinuxBase + 0x10_1000, kernel.HypercallPage);
        Assert.Equal([0x10_0000ul, 0x10_3000], kernel.Segments.Select(s => s.PhysicalStart));
        Assert.Equal(LinuxBase + 0x10_3000, kernel.Segments[1].VirtualStart);
        Assert.Equal([5, 6], kernel.Segments[1].Data.ToArray());
        Assert.Equal(0x1500ul, kernel.Segments[1].MemorySize);
    }

    [Fact]
    public void Old_kernels_have_an_offset_in_their_physical_addresses()
    {
        PvKernel kernel = Parse(new ElfMaker(false) { Entry = 0xC010_0000 }.Basics()
            .Note(VirtualBaseNote, 0xC000_0000, 4).Note(PhysicalOffsetNote, 0xC000_0000, 4).Load(0xC010_0000, new byte[0x2000]));
        Assert.False(kernel.Is64Bit);
        Assert.Equal(0x10_0000ul, kernel.PhysicalStart);
        Assert.Equal(0xC010_0000ul, kernel.VirtualStart);
        Assert.Equal(0xC010_0000ul, kernel.Entry);
        Assert.Equal(PaeMode.ExtendedCr3, kernel.PaeMode);
    }

    [Fact]
    public void Without_notes_of_them_the_base_is_zero_and_the_entry_is_the_headers()
    {
        PvKernel kernel = Parse(new ElfMaker(true) { Entry = 0x1000 }.Basics().Load(0, new byte[0x2000]));
        Assert.Equal(0ul, kernel.VirtualBase);
        Assert.Equal(0x1000ul, kernel.Entry);
        Assert.Null(kernel.HypercallPage);
        Assert.Null(kernel.InitialP2M);
        Assert.False(kernel.ModuleStartPfn);
    }

    [Fact]
    public void An_entry_of_zero_is_an_entry() =>
        Assert.Equal(0ul, Parse(new ElfMaker(true) { Entry = 0x1000 }.Basics().Note(EntryNote, 0).Load(0, new byte[0x2000])).Entry);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Numbers_have_several_lengths(int size) =>
        Assert.Equal(0x34ul, Parse(new ElfMaker(true).Basics().Note(EntryNote, 0x34, size).Load(0, new byte[0x2000])).Entry);

    [Fact]
    public void A_number_of_three_bytes_is_none() =>
        Refused.With("DOM3606", "a number of 3 bytes", () => Parse(new ElfMaker(true).Basics().Note(EntryNote, 0x34, 3).Load(0, new byte[0x2000])));

    [Fact]
    public void The_last_note_may_be_cut()
    {
        byte[] image = new ElfMaker(false).Note(XenVersionNote, "xen-3.0").Note(LoaderNote, "generic").Note(PaeModeNote, "yes,bimodal\0").Load(0, new byte[0x2000]).Build();
        Assert.Equal(PaeMode.ExtendedCr3, PvElf.Parse("k", image, Memory).PaeMode);
        Assert.Equal(PaeMode.Yes, PvElf.Parse("k", image[..^8], Memory).PaeMode);
        Assert.Equal(PaeMode.ExtendedCr3, PvElf.Parse("k", image[..^9], Memory).PaeMode);
        Refused.With("DOM3611", "PAE", () => PvElf.Parse("k", image[..^12], Memory));
    }

    [Fact]
    public void Texts_need_no_terminating_zero() =>
        Assert.Equal("linux", Parse(new ElfMaker(true).Note(XenVersionNote, "xen-3.0").Note(GuestOsNote, "linux").Load(0, new byte[16])).Notes.GuestOs);

    [Fact]
    public void Notes_of_others_are_passed_over() =>
        Assert.Equal(4ul, Parse(new ElfMaker(true).Note(1, 8, 3).Basics().Note(EntryNote, 4).Note(1, [9, 9, 9], "GNU\0").Note(1, [1, 2, 3, 4, 5], "Someone else\0").Load(0, new byte[16]), firstIsNotXens: true).Entry);

    [Fact]
    public void Notes_may_lie_in_sections() =>
        Assert.Equal(8ul, Parse(new ElfMaker(true) { NotesInSection = true }.Basics().Note(EntryNote, 8).Load(0, new byte[16])).Entry);

    [Fact]
    public void Features_are_parsed()
    {
        PvKernel kernel = Parse(Linux().Note(FeaturesNote, "!writable_page_tables|pae_pgdir_above_4gb|of_tomorrow").Note(SupportedFeaturesNote, 1 << 11, 4).Note(ModuleStartPfnNote, 1));
        Assert.Equal(XenFeatures.WritablePageTables, kernel.RequiredFeatures);
        Assert.Equal(XenFeatures.WritablePageTables | XenFeatures.PaePageDirectoryAbove4Gb | XenFeatures.Dom0, kernel.SupportedFeatures);
        Assert.True(kernel.ModuleStartPfn);
    }

    [Fact]
    public void An_unknown_feature_must_not_be_required() =>
        Refused.With("DOM3610", "'of_tomorrow'", () => Parse(Linux().Note(FeaturesNote, "dom0|!of_tomorrow")));

    [Fact]
    public void The_old_section_has_its_own_defaults()
    {
        byte[] text = Encoding.ASCII.GetBytes("GUEST_OS=linux,GUEST_VER=2.6,XEN_VER=xen-3.0,VIRT_BASE=0xC0000000,VIRT_ENTRY=0xC0100020,HYPERCALL_PAGE=0x101,PAE=yes[extended-cr3],FEATURES=!writable_page_tables|dom0,LOADER=generic\0");
        PvKernel kernel = Parse(new ElfMaker(false).Section("__xen_guest", 1, text).Load(0xC010_0000, new byte[0x2000]));
        Assert.Equal(0x10_0000ul, kernel.PhysicalStart);
        Assert.Equal(0xC010_0000ul, kernel.VirtualStart);
        Assert.Equal(0xC010_0020ul, kernel.Entry);
        Assert.Equal(0xC010_1000ul, kernel.HypercallPage);
        Assert.Equal(PaeMode.ExtendedCr3, kernel.PaeMode);
        Assert.Equal(XenFeatures.WritablePageTables, kernel.RequiredFeatures);
        Assert.Equal("2.6", kernel.Notes.GuestVersion);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_symbol_table_follows_a_kernel_that_wants_it(bool is64Bit)
    {
        byte[] symbols = [.. Enumerable.Range(1, is64Bit ? 48 : 32).Select(i => (byte)i)];
        byte[] strings = [0, .. "start\0"u8];
        ElfMaker maker = new ElfMaker(is64Bit).Basics().Note(BsdSymbolsNote, "yes\0").Load(0, new byte[0x1001]).Section("", 2, symbols, link: 2).Section("", 3, strings);
        PvKernel kernel = Parse(maker);

        PvSegment table = kernel.Segments[^1];
        Assert.Equal(2, kernel.Segments.Count);
        Assert.Equal(is64Bit ? 0x1008ul : 0x1004ul, table.PhysicalStart);
        Assert.Equal(table.PhysicalEnd, kernel.VirtualEnd);
        ReadOnlySpan<byte> elf = table.Data.Span[4..];
        Assert.True(elf.StartsWith("\u007fELF"u8));
        int sections = is64Bit ? (int)BitConverter.ToUInt64(elf[40..]) : BitConverter.ToInt32(elf[32..]);
        Assert.Equal(3, BitConverter.ToUInt16(elf[(is64Bit ? 60 : 48)..]));
        Assert.Equal(symbols, SectionData(elf, sections, is64Bit, 1, out uint link));
        Assert.Equal(2u, link);
        Assert.Equal(strings, SectionData(elf, sections, is64Bit, 2, out _));
        Assert.InRange(BitConverter.ToUInt32(table.Data.Span), (uint)elf.Length - 7, (uint)elf.Length);
    }

    [Fact]
    public void A_kernel_that_wants_symbols_runs_without_when_it_has_none() =>
        Assert.Single(Parse(new ElfMaker(true).Basics().Note(BsdSymbolsNote, "yes\0").Load(0, new byte[0x1001])).Segments);

    [Fact]
    public void Segments_without_access_or_length_are_not_loaded() =>
        Assert.Equal(LinuxBase + 0x10_0000, Parse(Linux().Load(0, new byte[16], flags: 0).Load(0, [], 0)).VirtualStart);

    [Theory]
    [InlineData("DOM3605", "beyond the end", 0x20_0000, 0x100_0000, 0x1000_0000)]
    [InlineData("DOM3606", "longer in the file", 0x20_0000, 0x10, 0x8)]
    [InlineData("DOM3606", "overlap at 101800h", 0x10_1800, 0x10, 0x10)]
    [InlineData("DOM3612", "a segment of", 0x20_0000, 0x10, Memory)]
    [InlineData("DOM3612", "a segment of", 0x20_0000, 0x10, ulong.MaxValue)]
    [InlineData("DOM3612", "a segment of", 0xFFFF_FFFF_FFFF_FFF0, 0x10, 0x20)]
    [InlineData("DOM3606", "its first segment", 0x800, 0x10, 0x10)]
    public void Bad_segments(string id, string part, ulong physical, ulong fileSize, ulong memorySize) =>
        Refused.With(id, part, () => Parse(Linux().Load(physical, new byte[16], memorySize, fileSize)));

    [Fact]
    public void Physical_addresses_below_their_offset_do_not_fit() =>
        Refused.With("DOM3612", "a segment of", () => Parse(new ElfMaker(true).Basics().Note(VirtualBaseNote, 0).Note(PhysicalOffsetNote, 0x1000).Load(0, new byte[16])));

    [Fact]
    public void Nothing_to_load() => Refused.With("DOM3606", "no segment", () => Parse(new ElfMaker(true).Basics()));

    [Theory]
    [InlineData(EntryNote, 0x10_2000, "entry point")]
    [InlineData(EntryNote, 0xF_FFFF, "entry point")]
    [InlineData(HypercallPageNote, 0x10_2000, "hypercall page")]
    [InlineData(HypercallPageNote, 0x10_1020, "hypercall page")]
    [InlineData(InitialP2MNote, 0x10_1000, "physical-to-machine")]
    [InlineData(InitialP2MNote, 0x80_0010, "physical-to-machine")]
    public void Addresses_out_of_place(uint note, ulong offset, string part) => Refused.With("DOM3606", part, () => Parse(Linux().Note(note, LinuxBase + offset)));

    [Theory]
    [InlineData(0xFFFF_8000_0000_0000)]
    [InlineData(0xFFFF_87FF_FFF0_0000)]
    [InlineData(0x0000_7FFF_FFF0_0000)]
    [InlineData(0x1234_0000_0000_0000)]
    [InlineData(0xFFFF_FFFF_FFF0_0000)]
    public void A_kernel_stays_out_of_the_vmms_addresses(ulong virtualBase) =>
        Refused.With("DOM3613", "not all a guest's", () => Parse(new ElfMaker(true).Basics().Note(VirtualBaseNote, virtualBase).Load(0, new byte[16], 0x20_0000)));

    [Theory]
    [InlineData(0xF580_0000)]
    [InlineData(0xF57F_F000)]
    [InlineData(0x1_0000_0000)]
    public void A_32_bit_kernel_stays_below_the_vmms_addresses(ulong virtualBase) =>
        Refused.With("DOM3613", "not all a guest's", () => Parse(new ElfMaker(false).Basics().Note(VirtualBaseNote, virtualBase).Load(0, new byte[16], 0x1001)));

    [Theory]
    [InlineData(0x0000_8000_0000_0000)]
    [InlineData(0xFFFF_8000_0000_0000)]
    [InlineData(0xFFFF_87FF_FFFF_F000)]
    public void A_map_stays_out_of_the_vmms_addresses(ulong map) => Refused.With("DOM3613", "physical-to-machine map", () => Parse(Linux().Note(InitialP2MNote, map)));

    [Fact]
    public void A_32_bit_kernel_may_not_want_more_addresses_than_there_are() =>
        Refused.With("DOM3613", "begin at f5800000h", () => Parse(new ElfMaker(false).Basics().Note(VmmStartLowNote, 0xFC00_0000, 4).Load(0, new byte[16])));

    [Fact]
    public void Kernels_of_other_interfaces()
    {
        Refused.With("DOM3608", "neither", () => Parse(new ElfMaker(true).Load(0, new byte[16])));
        Refused.With("DOM3609", "'xen-2.0'", () => Parse(new ElfMaker(true).Note(XenVersionNote, "xen-2.0").Note(LoaderNote, "generic").Load(0, new byte[16])));
        Refused.With("DOM3609", "'special'", () => Parse(new ElfMaker(true).Note(XenVersionNote, "xen-3.0").Note(LoaderNote, "special").Load(0, new byte[16])));
        Refused.With("DOM3611", "PAE", () => Parse(new ElfMaker(false).Note(XenVersionNote, "xen-3.0").Note(LoaderNote, "generic").Note(PaeModeNote, "no").Load(0, new byte[16])));
        Refused.With("DOM3606", "without VIRT_BASE", () => Parse(new ElfMaker(true).Basics().Note(PhysicalOffsetNote, 0).Load(0, new byte[16])));
        Refused.With("DOM3607", "AArch64", () => Parse(new ElfMaker(true) { Machine = 183 }.Basics()));
        Refused.With("DOM3607", "x86-64 in 32-bit ELF", () => Parse(new ElfMaker(false) { Machine = 62 }.Basics()));
        Refused.With("DOM3606", "not an executable", () => Parse(new ElfMaker(true) { Type = 1 }.Basics()));
        Refused.With("DOM3605", "header is incomplete", () => PvElf.Parse("k", new ElfMaker(true).Basics().Build().AsMemory(0, 60), Memory));
    }

    private static ElfMaker Linux() => new ElfMaker(true).Basics()
        .Note(VirtualBaseNote, LinuxBase).Note(EntryNote, LinuxBase + 0x10_0010).Note(HypercallPageNote, LinuxBase + 0x10_1000)
        .Load(0x10_0000, new byte[0x2000]);

    private static PvKernel Parse(ElfMaker maker, bool firstIsNotXens = false)
    {
        byte[] image = maker.Build();
        if (firstIsNotXens)
            image[image.AsSpan().IndexOf("Xen\0"u8)] = (byte)'x';
        return PvElf.Parse("k", image, Memory);
    }

    private static byte[] SectionData(ReadOnlySpan<byte> elf, int table, bool is64Bit, int index, out uint link)
    {
        ReadOnlySpan<byte> header = elf[(table + (index * (is64Bit ? 64 : 40)))..];
        int offset = BitConverter.ToInt32(header[(is64Bit ? 24 : 16)..]);
        int size = BitConverter.ToInt32(header[(is64Bit ? 32 : 20)..]);
        link = BitConverter.ToUInt32(header[(is64Bit ? 40 : 24)..]);
        return elf.Slice(offset, size).ToArray();
    }
}
