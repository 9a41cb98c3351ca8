using Dominion.Diagnostics;

namespace Dominion.FullVirt.Boot;

/// <summary>The diagnostics DOM3001 to DOM3017: what can be wrong with a domain's images and options.</summary>
internal static class BootDiagnostics
{
    /// <summary>No kernel, and no ROM to start from.</summary>
    public static DiagnosticException NoKernel(string domain) =>
        new("DOM3001", $"domain '{domain}' has no kernel, and its board has no ROM at the reset vector", "give 'kernel:'");

    /// <summary>No such file.</summary>
    public static DiagnosticException Missing(string what, string path) =>
        new("DOM3002", $"the {what} '{path}' does not exist", "check the path; relative paths start at the manifest's folder");

    /// <summary>A folder where a file belongs.</summary>
    public static DiagnosticException Directory(string what, string path) =>
        new("DOM3003", $"the {what} '{path}' is a directory", "name a file");

    /// <summary>Nothing in the file.</summary>
    public static DiagnosticException Empty(string what, string path) =>
        new("DOM3004", $"the {what} '{path}' is empty or not a regular file");

    /// <summary>The host refuses to read it.</summary>
    public static DiagnosticException Unreadable(string what, string path, string reason) =>
        new("DOM3005", $"the {what} '{path}' cannot be read: {reason}");

    /// <summary>No protocol knows it.</summary>
    public static DiagnosticException UnknownFormat(string path, string? guess = null) =>
        new("DOM3006", $"the kernel '{path}' is of no known format{(guess is null ? "" : $": {guess}")}", "use a Linux bzImage, a Multiboot image or an ELF image with a PVH note");

    /// <summary>Made for another kind of machine.</summary>
    public static DiagnosticException OtherArchitecture(string path, string architecture) =>
        new("DOM3007", $"the kernel '{path}' is for {architecture}", "use a kernel for x86 (i386 or amd64)");

    /// <summary>The file ends before what its header promises.</summary>
    public static DiagnosticException Truncated(string path, string what) =>
        new("DOM3008", $"the kernel '{path}' is truncated: {what}", "copy or download it again");

    /// <summary>A header contradicts itself or the protocol.</summary>
    public static DiagnosticException Malformed(string path, string what) =>
        new("DOM3009", $"the kernel '{path}' is damaged: {what}");

    /// <summary>No room for the kernel.</summary>
    public static DiagnosticException KernelDoesNotFit(string path, string what) =>
        new("DOM3010", $"the kernel '{path}' does not fit in the domain's memory: {what}", "give the domain more 'memory:'");

    /// <summary>No room for a RAM disk, a module or the boot information.</summary>
    public static DiagnosticException ModuleDoesNotFit(string what, ulong size) =>
        new("DOM3011", $"no room in the domain's memory for {what} ({size} bytes) beside the kernel", "give the domain more 'memory:'");

    /// <summary>The command line passes what the kernel takes.</summary>
    public static DiagnosticException CommandLineTooLong(string path, int length, uint maximum) =>
        new("DOM3012", $"the command line has {length} bytes; the kernel '{path}' takes {maximum}");

    /// <summary>A protocol was asked for that the image does not speak.</summary>
    public static DiagnosticException OtherProtocol(string path, string protocol, string reason) =>
        new("DOM3013", $"the kernel '{path}' cannot be booted by '{protocol}': {reason}", "use 'boot: auto'");

    /// <summary>The image asks for something that is not provided.</summary>
    public static DiagnosticException Unsupported(string path, string what) =>
        new("DOM3014", $"the kernel '{path}' cannot be booted: {what}");

    /// <summary>Modules for a protocol that has none.</summary>
    public static DiagnosticException NoModules(string path) =>
        new("DOM3015", $"the kernel '{path}' takes a RAM disk but no modules", "use 'ramdisk:' instead of 'modules:'");

    /// <summary>The core is of another architecture.</summary>
    public static DiagnosticException NotX86(string domain, string architecture) =>
        new("DOM3016", $"domain '{domain}' of type 'bare' needs x86 cores; the machine's core is of architecture '{architecture}'", "choose another 'cpu: core'");

    /// <summary>A RAM disk, a module or a command line without a kernel.</summary>
    public static DiagnosticException NothingToLoadItFor(string domain, string option) =>
        new("DOM3017", $"domain '{domain}' has '{option}:' but no kernel to take it", "give 'kernel:'");
}
