using Dominion.FullVirt.Bare;
using Dominion.FullVirt.Boot.Elf;
using Dominion.FullVirt.Boot.Linux;
using Dominion.FullVirt.Boot.Multiboot;
using Dominion.FullVirt.Boot.Pvh;

namespace Dominion.FullVirt.Boot;

/// <summary>Finds out what a kernel's image is.</summary>
internal static class KernelImages
{
    /// <summary>Parses an image by the protocol asked for, or by its content.</summary>
    /// <param name="file">The image, not empty.</param>
    /// <param name="protocol">The protocol asked for.</param>
    /// <returns>The image.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">It is no kernel that can be booted so.</exception>
    public static IKernelImage Parse(BootFile file, BootProtocol protocol) => protocol switch
    {
        BootProtocol.Auto => ParseLinux(file) ?? ParseMultiboot(file) ?? ParsePvh(file) ?? throw Refuse(file),
        BootProtocol.Linux => ParseLinux(file) ?? throw RefuseProtocol(file, "linux", "it has no setup header"),
        BootProtocol.Multiboot => ParseMultiboot(file) ?? throw RefuseProtocol(file, "multiboot", "it has no Multiboot header"),
        BootProtocol.Pvh => ParsePvh(file) ?? throw RefuseProtocol(file, "pvh", "it is no ELF image with the note XEN_ELFNOTE_PHYS32_ENTRY"),
        _ => throw new ArgumentOutOfRangeException(nameof(protocol)),
    };

    private static IKernelImage? ParseLinux(BootFile file) => LinuxImage.IsLinux(file.Content) ? LinuxImage.Parse(file) : null;

    private static IKernelImage? ParseMultiboot(BootFile file) =>
        MultibootHeader.TryFind(file.Content, out MultibootHeader header) ? MultibootImage.Parse(file, header) : null;

    private static IKernelImage? ParsePvh(BootFile file) => ElfImage.IsElf(file.Content) ? PvhImage.TryMake(file, ElfImage.Parse(file)) : null;

    private static Diagnostics.DiagnosticException RefuseProtocol(BootFile file, string protocol, string reason) =>
        KernelFormats.OtherArchitecture(file.Content) is { } architecture
            ? BootDiagnostics.OtherArchitecture(file.Name, architecture)
            : BootDiagnostics.OtherProtocol(file.Name, protocol, reason);

    private static Diagnostics.DiagnosticException Refuse(BootFile file) =>
        KernelFormats.OtherArchitecture(file.Content) is { } architecture
            ? BootDiagnostics.OtherArchitecture(file.Name, architecture)
            : BootDiagnostics.UnknownFormat(file.Name, KernelFormats.Guess(file.Content));
}
