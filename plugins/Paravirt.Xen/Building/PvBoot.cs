using Dominion.Diagnostics;
using Dominion.Paravirt.Xen.Building.Images;
using Dominion.Paravirt.Xen.Domains;

namespace Dominion.Paravirt.Xen.Building;

/// <summary>What a paravirtual domain boots, read from its files once.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Ramdisk">The RAM disk's bytes, or null.</param>
/// <param name="CommandLine">The kernel's command line.</param>
internal sealed record PvBoot(PvKernel Kernel, byte[]? Ramdisk, string CommandLine)
{
    /// <summary>Reads and checks what the options name.</summary>
    /// <param name="domain">The domain's name, for diagnostics.</param>
    /// <param name="options">The options.</param>
    /// <param name="memorySize">The domain's memory in bytes.</param>
    /// <returns>The boot.</returns>
    /// <exception cref="DiagnosticException">A file cannot be used.</exception>
    public static PvBoot Read(string domain, PvOptions options, ulong memorySize)
    {
        string path = options.Kernel!.Value.Value;
        string name = Path.GetFileName(path);
        PvKernel kernel = PvElf.Parse(name, KernelPayload.Extract(name, ReadFile(path, "kernel"), memorySize), memorySize);
        if (!kernel.Is64Bit)
            throw new DiagnosticException(XenDiagnostics.UnsupportedKernel, $"kernel '{name}' of domain '{domain}' is a 32-bit paravirtual one, which this build does not run", "use a 64-bit kernel");
        if (options.Cmdline.Length >= Abi.AbiLayout.Bits64.CommandLineSize)
            throw new DiagnosticException(XenDiagnostics.DoesNotFit, $"the command line of domain '{domain}' has {options.Cmdline.Length} characters; at most {Abi.AbiLayout.Bits64.CommandLineSize - 1} fit");
        return new PvBoot(kernel, options.Ramdisk is { } ramdisk ? ReadFile(ramdisk.Value, "RAM disk") : null, options.Cmdline);
    }

    private static byte[] ReadFile(string path, string what)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new DiagnosticException(XenDiagnostics.Unreadable, $"the {what} '{path}' cannot be read: {failed.Message}");
        }
    }
}
