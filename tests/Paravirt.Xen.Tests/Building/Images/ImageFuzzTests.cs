using System.Text;
using Dominion.Diagnostics;
using Dominion.Paravirt.Xen.Building.Images;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Paravirt.Xen.Tests.Building.Images;

/// <summary>Any bytes give a kernel whose every address is in its place, or a diagnostic, and never anything else.</summary>
public class ImageFuzzTests
{
    private const ulong Memory = 32 << 20;

    private static readonly byte[] Interesting = [0, 1, 2, 4, 0x10, 0x21, 0x7F, 0x80, 0xFE, 0xFF];
    private static readonly byte[][] Images = [Elf(true), Elf(false), Legacy()];

    private static readonly byte[][] Files =
    [
        PayloadMaker.BzImage(PayloadMaker.Xz(Images[0])),
        PayloadMaker.BzImage(PayloadMaker.Lz4(Images[0])),
        PayloadMaker.BzImage(PayloadMaker.Zstd(Images[0])),
        PayloadMaker.BzImage(PayloadMaker.Gzip(Images[0])),
        PayloadMaker.BzImage(PayloadMaker.XzOfCalls()),
        PayloadMaker.Gzip(Images[1]),
    ];

    [Fact]
    public void Mutated_images() => Try(Mutated(Images), 20_000);

    [Fact]
    public void Mutated_payloads() => Try(Mutated(Files), 5_000);

    [Fact]
    public void Random_bytes() => Try(ArbMap.Default.GeneratorFor<byte[]>(), 2_000);

    [Fact]
    public void Random_payloads() =>
        Try(
            from file in Gen.Elements(Files[..5])
            from bytes in ArbMap.Default.GeneratorFor<byte[]>()
            select PayloadMaker.BzImage([.. file.AsSpan(1536 + 0x2C0, 20), .. bytes, 0, 0x10, 0, 0]),
            2_000);

    [Fact]
    public void Notes_without_end_are_given_up()
    {
        // 60,000 segments of the same 60,000 empty notes.
        byte[] notes = new byte[12 * 60_000];
        byte[] image = new byte[64 + (56 * 60_000) + notes.Length];
        Images[0].AsSpan(0, 64).CopyTo(image);
        BitConverter.TryWriteBytes(image.AsSpan(56), (ushort)60_000);
        for (int i = 0; i < 60_000; i++)
        {
            Span<byte> header = image.AsSpan(64 + (56 * i));
            BitConverter.TryWriteBytes(header, 4);
            BitConverter.TryWriteBytes(header[8..], 64L + (56 * 60_000));
            BitConverter.TryWriteBytes(header[32..], (long)notes.Length);
        }

        Refused.With("DOM3606", "more than 65536 ELF notes", () => PvElf.Load("k", image, Memory));
    }

    private static void Try(Gen<byte[]> files, int count) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(count), Prop.ForAll(files.ToArbitrary(), GivesKernelOrDiagnostic));

    private static Gen<byte[]> Mutated(byte[][] seeds)
    {
        Gen<(int, byte)> change =
            from position in Gen.Choose(0, int.MaxValue - 1)
            from value in Gen.OneOf(Gen.Elements(Interesting), Gen.Choose(0, 255).Select(v => (byte)v))
            select (position, value);
        return
            from seed in Gen.Elements(seeds)
            from changes in Gen.ListOf(change, 6)
            from cut in Gen.Frequency((3, Gen.Constant(int.MaxValue)), (1, Gen.Choose(1, 0x1000)))
            select Apply(seed, changes, cut);
    }

    private static byte[] Apply(byte[] seed, IEnumerable<(int Position, byte Value)> changes, int cut)
    {
        byte[] file = seed[..Math.Min(seed.Length, cut)];
        foreach ((int position, byte value) in changes)
            file[position % file.Length] = value;
        return file;
    }

    private static bool GivesKernelOrDiagnostic(byte[] file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool holds;
        try
        {
            holds = IsSound(PvElf.Load("k", file, Memory));
        }
        catch (DiagnosticException)
        {
            holds = true;
        }

        // The image, the decoder's dictionary and their like; a claim of more is refused.
        return holds && GC.GetAllocatedBytesForCurrentThread() - before < 160 << 20;
    }

    private static bool IsSound(PvKernel kernel)
    {
        ulong at = kernel.PhysicalStart;
        foreach (PvSegment segment in kernel.Segments)
        {
            if (segment.PhysicalStart < at || segment.PhysicalEnd < segment.PhysicalStart || segment.PhysicalEnd > Memory
                || (ulong)segment.Data.Length > segment.MemorySize || segment.VirtualStart != segment.PhysicalStart + kernel.VirtualBase)
                return false;
            at = segment.PhysicalEnd;
        }

        return at == kernel.PhysicalEnd
            && kernel.VirtualStart < kernel.VirtualEnd
            && kernel.Entry >= kernel.VirtualStart && kernel.Entry < kernel.VirtualEnd
            && (kernel.HypercallPage is not { } page || (page >= kernel.VirtualStart && page < kernel.VirtualEnd && page % 4096 == 0))
            && kernel.VirtualBase % 4096 == 0 && kernel.VirtualStart % 4096 == 0
            && (kernel.Is64Bit || kernel.PaeMode != PaeMode.None);
    }

    private static byte[] Elf(bool is64Bit) => new ElfMaker(is64Bit).Basics()
        .Note(1, 0x1010, is64Bit ? 8 : 4).Note(2, 0x1000).Note(3, 0).Note(10, "!writable_page_tables|dom0").Note(11, "yes").Note(13, new byte[16]).Note(15, 0x800_0000)
        .Section(".symtab", 2, new byte[64], 2).Section(".strtab", 3, [0, 65, 0])
        .Load(0x1000, new byte[0x300]).Load(0x2000, new byte[0x100], 0x1000).Build();

    private static byte[] Legacy() => new ElfMaker(false)
        .Section("__xen_guest", 1, Encoding.ASCII.GetBytes("GUEST_OS=linux,XEN_VER=xen-3.0,VIRT_BASE=0x1000,HYPERCALL_PAGE=1,PAE=yes,FEATURES=dom0,BSD_SYMTAB"))
        .Load(0x2000, new byte[0x300]).Build();
}
