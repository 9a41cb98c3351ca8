using System.Buffers.Binary;
using System.Text;
using Dominion.Devices;

namespace Dominion.FullVirt.Boot.Linux;

/// <summary>A bzImage, entered by the 32-bit boot protocol (Linux, Documentation/arch/x86/boot.rst; offsets and names are that document's and those of arch/x86/include/uapi/asm/bootparam.h).</summary>
internal sealed class LinuxImage : IKernelImage
{
    private const int HeaderStart = 0x1f1;
    private const int HeaderMagic = 0x202;
    private const int LeastHeaderEnd = 0x268;
    private const int HeaderSpace = 0x290;
    private const int ZeroPageSize = 4096;
    private const int E820Maximum = 128;
    private const ulong PageSize = 4096;
    private const ulong FourGiB = 1UL << 32;

    private readonly BootFile _file;
    private readonly ReadOnlyMemory<byte> _setup;
    private readonly ReadOnlyMemory<byte> _kernel;
    private readonly int _headerEnd;

    private LinuxImage(BootFile file, ReadOnlyMemory<byte> setup, ReadOnlyMemory<byte> kernel, int headerEnd)
    {
        _file = file;
        _setup = setup;
        _kernel = kernel;
        _headerEnd = headerEnd;
    }

    /// <summary>The boot protocol's version: major in the high byte, minor in the low.</summary>
    public ushort Version => _setup.U16(0x206);

    /// <summary>Whether the bytes carry a setup header.</summary>
    public static bool IsLinux(ReadOnlyMemory<byte> image) =>
        image.Length >= HeaderMagic + 4 && image.U16(0x1fe) == 0xaa55 && image.Span.Slice(HeaderMagic, 4).SequenceEqual("HdrS"u8);

    /// <summary>Parses and checks.</summary>
    /// <param name="file">The image, for which <see cref="IsLinux"/> holds.</param>
    /// <returns>The image.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">It is truncated, damaged or too old.</exception>
    public static LinuxImage Parse(BootFile file)
    {
        ReadOnlyMemory<byte> image = file.Content;
        if (image.Length < LeastHeaderEnd)
            throw BootDiagnostics.Truncated(file.Name, "the setup header is incomplete");
        ushort version = image.U16(0x206);
        if (version < 0x206)
            throw BootDiagnostics.Unsupported(file.Name, $"its boot protocol is {version >> 8}.{version & 255:d2}; 2.06 (Linux 2.6.22) is the least");
        if ((image.Span[0x211] & 1) == 0)
            throw BootDiagnostics.Unsupported(file.Name, "it is a zImage, not a bzImage");

        int setupSectors = image.Span[HeaderStart] == 0 ? 4 : image.Span[HeaderStart];
        int setupSize = (setupSectors + 1) * 512;
        int headerEnd = HeaderMagic + image.Span[0x201];
        if (headerEnd < (version >= 0x20a ? 0x264 : 0x23c) || headerEnd > setupSize)
            throw BootDiagnostics.Malformed(file.Name, $"its setup header ends at {headerEnd:x}h");
        if (setupSize >= image.Length)
            throw BootDiagnostics.Truncated(file.Name, "the protected-mode kernel is missing");

        // syssize counts paragraphs, the last of which need not be full in the file.
        ulong kernelSize = (ulong)image.U32(0x1f4) * 16;
        if ((ulong)(image.Length - setupSize) + 15 < kernelSize)
            throw BootDiagnostics.Truncated(file.Name, $"it has {image.Length} bytes, and its header promises {(ulong)setupSize + kernelSize}");
        if (kernelSize == 0)
            throw BootDiagnostics.Malformed(file.Name, "its protected-mode kernel is empty");

        ulong loaded = Math.Min(kernelSize, (ulong)(image.Length - setupSize));
        LinuxImage result = new(file, image[..setupSize], image.Slice(setupSize, (int)loaded), headerEnd);
        if (result.IsRelocatable && !System.Numerics.BitOperations.IsPow2(result.Alignment))
            throw BootDiagnostics.Malformed(file.Name, $"its alignment of {result.Alignment} is no power of two");
        return result;
    }

    private bool IsRelocatable => _setup.Span[0x234] != 0;

    private ulong Alignment => _setup.U32(0x230);

    private ulong PreferredAddress => Version >= 0x20a ? _setup.U64(0x258) : 1UL << 20;

    /// <summary>How much memory the kernel needs at its place before it reads the memory map.</summary>
    private ulong InitSize => Math.Max(Version >= 0x20a ? _setup.U32(0x260) : 0, (ulong)_kernel.Length);

    /// <inheritdoc/>
    public BootPlan Plan(BootEnvironment environment)
    {
        if (environment.Modules.Count != 0)
            throw BootDiagnostics.NoModules(_file.Name);
        byte[] commandLine = [.. Encoding.UTF8.GetBytes(_file.CommandLine), 0];
        uint commandLineMaximum = Math.Min(_setup.U32(0x238), 1 << 16);
        if (commandLine.Length - 1 > commandLineMaximum)
            throw BootDiagnostics.CommandLineTooLong(_file.Name, commandLine.Length - 1, commandLineMaximum);
        if (environment.MemoryMap.Count > E820Maximum)
            throw BootDiagnostics.Unsupported(_file.Name, $"the board's memory map has {environment.MemoryMap.Count} entries, and the protocol takes {E820Maximum}");

        BootMemory memory = new(environment.MemoryMap);
        ulong kernel = PlaceKernel(memory);
        uint table = PlaceLow(memory, FlatDescriptorTable.Length, "the descriptor table");
        uint zeroPage = PlaceLow(memory, ZeroPageSize, "the boot parameters");
        uint text = PlaceLow(memory, commandLine.Length, "the command line");
        ulong ramdisk = 0;
        ulong ramdiskSize = 0;
        if (environment.Ramdisk is { } disk)
        {
            ramdiskSize = (ulong)disk.Content.Length;
            ulong end = Math.Min((ulong)_setup.U32(0x22c) + 1, FourGiB);
            if (!memory.TryPlaceHigh(ramdiskSize, PageSize, 1UL << 20, end, out ramdisk))
                throw BootDiagnostics.ModuleDoesNotFit($"the RAM disk '{disk.Name}'", ramdiskSize);
        }

        List<BootSegment> segments =
        [
            new(kernel, _kernel),
            new(table, FlatDescriptorTable.Build()),
            new(zeroPage, BuildZeroPage(environment, (uint)kernel, text, (uint)ramdisk, (uint)ramdiskSize)),
            new(text, commandLine),
        ];
        if (environment.Ramdisk is not null)
            segments.Add(new BootSegment(ramdisk, environment.Ramdisk.Content));
        return new BootPlan(segments, new BootEntry { Eip = (uint)kernel, Esi = zeroPage, DescriptorTable = table });
    }

    private ulong PlaceKernel(BootMemory memory)
    {
        ulong preferred = PreferredAddress;
        ulong size = InitSize;
        if (preferred <= FourGiB - size && memory.TryTake(preferred, size))
            return preferred;
        if (IsRelocatable && memory.TryPlaceLow(size, Math.Max(Alignment, PageSize), 1UL << 20, FourGiB, out ulong address))
            return address;
        throw BootDiagnostics.KernelDoesNotFit(_file.Name, $"it needs {size} bytes{(IsRelocatable ? "" : $" at {preferred:x}h")} below 4 GiB");
    }

    /// <summary>Places what the kernel reads early: below 640 KiB, above the first page.</summary>
    private static uint PlaceLow(BootMemory memory, int size, string what)
    {
        if (!memory.TryPlaceLow((ulong)size, PageSize, 0x1000, 0xa0000, out ulong address))
            throw BootDiagnostics.ModuleDoesNotFit(what, (ulong)size);
        return (uint)address;
    }

    private byte[] BuildZeroPage(BootEnvironment environment, uint kernel, uint commandLine, uint ramdisk, uint ramdiskSize)
    {
        byte[] page = new byte[ZeroPageSize];
        _setup.Span[HeaderStart..Math.Min(_headerEnd, HeaderSpace)].CopyTo(page.AsSpan(HeaderStart));
        if (environment.HasTextDisplay)
        {
            page[0x06] = 3;                                    // orig_video_mode
            page[0x07] = 80;                                   // orig_video_cols
            page[0x0e] = 25;                                   // orig_video_lines
            page[0x0f] = 1;                                    // orig_video_isVGA
            Put16(page, 0x10, 16);                             // orig_video_points
        }

        Put64(page, 0x070, environment.AcpiRootPointer);       // acpi_rsdp_addr
        Put16(page, 0x1fa, 0xffff);                            // vid_mode: normal
        page[0x210] = 0xff;                                    // type_of_loader: undefined
        page[0x211] = (byte)((page[0x211] & ~0x80) | 1);       // loadflags: no heap, loaded high
        Put32(page, 0x214, kernel);                            // code32_start
        Put32(page, 0x218, ramdisk);                           // ramdisk_image
        Put32(page, 0x21c, ramdiskSize);                       // ramdisk_size
        Put32(page, 0x228, commandLine);                       // cmd_line_ptr
        page[0x1e8] = (byte)environment.MemoryMap.Count;       // e820_entries
        for (int i = 0; i < environment.MemoryMap.Count; i++)
        {
            MemoryMapEntry entry = environment.MemoryMap[i];
            int offset = 0x2d0 + (i * 20);
            Put64(page, offset, entry.Start);
            Put64(page, offset + 8, entry.Length);
            Put32(page, offset + 16, (uint)entry.Type);
        }

        return page;
    }

    private static void Put16(byte[] page, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(page.AsSpan(offset), value);

    private static void Put32(byte[] page, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(offset), value);

    private static void Put64(byte[] page, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(page.AsSpan(offset), value);
}
