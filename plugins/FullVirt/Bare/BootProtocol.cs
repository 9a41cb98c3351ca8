namespace Dominion.FullVirt.Bare;

/// <summary>How a kernel is loaded and entered.</summary>
public enum BootProtocol
{
    /// <summary>By the image's content: Linux, then Multiboot, then PVH.</summary>
    Auto,

    /// <summary>The Linux/x86 boot protocol: a bzImage (Documentation/arch/x86/boot.rst of Linux).</summary>
    Linux,

    /// <summary>The Multiboot specification, version 0.6.96.</summary>
    Multiboot,

    /// <summary>Xen's direct boot of PVH guests: an ELF image with a note (docs/misc/pvh.pandoc of Xen).</summary>
    Pvh,
}
