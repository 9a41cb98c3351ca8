using Dominion.Devices;
using Dominion.FullVirt.Boot;

namespace Dominion.FullVirt.Bare;

/// <summary>What a bare domain boots, read from its files once.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Ramdisk">The RAM disk, or null.</param>
/// <param name="Modules">The other modules.</param>
internal sealed record BareBoot(IKernelImage Kernel, BootFile? Ramdisk, IReadOnlyList<BootFile> Modules)
{
    /// <summary>Reads and checks what the options name.</summary>
    /// <param name="domain">The domain's name, for diagnostics.</param>
    /// <param name="options">The options.</param>
    /// <param name="memorySize">The domain's memory in bytes.</param>
    /// <returns>The boot, or null without a kernel.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">A file cannot be used.</exception>
    public static BareBoot? Read(string domain, BareOptions options, ulong memorySize)
    {
        if (options.Kernel is not { } kernel)
        {
            string? orphan = options.Ramdisk is not null ? "ramdisk" : options.Modules.Count != 0 ? "modules" : options.Cmdline.Length != 0 ? "cmdline" : null;
            return orphan is null ? null : throw BootDiagnostics.NothingToLoadItFor(domain, orphan);
        }

        IKernelImage image = KernelImages.Parse(BootFileReader.Read(kernel.Value, "kernel", memorySize, options.Cmdline), options.Boot);
        BootFile? ramdisk = options.Ramdisk is { } path ? BootFileReader.Read(path.Value, "RAM disk", memorySize) : null;
        return new BareBoot(image, ramdisk, [.. options.Modules.Select(m => BootFileReader.Read(m.Path.Value, "module", memorySize, m.Cmdline))]);
    }

    /// <summary>Decides where everything goes.</summary>
    /// <param name="board">The board.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">It does not fit.</exception>
    public BootPlan Plan(IBoard board) => Plan(board, board.MemoryMap, board.AcpiRootPointer);

    /// <summary>Decides where everything goes, with what the board's firmware says of its memory.</summary>
    /// <param name="board">The board.</param>
    /// <param name="memoryMap">The memory map.</param>
    /// <param name="rootPointer">The address of the ACPI root pointer, or 0.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">It does not fit.</exception>
    public BootPlan Plan(IBoard board, IReadOnlyList<MemoryMapEntry> memoryMap, ulong rootPointer) =>
        Kernel.Plan(new BootEnvironment(memoryMap, rootPointer, Ramdisk, Modules, board is IDisplaySource { Display: not null }));
}
