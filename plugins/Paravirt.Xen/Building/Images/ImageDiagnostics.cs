using Dominion.Diagnostics;

namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>The diagnostics DOM3601 to DOM3613: why an image does not serve as a paravirtual domain's kernel.</summary>
internal static class ImageDiagnostics
{
    /// <summary>Neither bzImage nor ELF.</summary>
    public static DiagnosticException UnknownFormat(string name) =>
        new("DOM3601", $"the kernel '{name}' is of no format that a paravirtual domain takes", "use a Linux bzImage or an ELF image with Xen's notes");

    /// <summary>A bzImage whose payload cannot be found or unpacked by what is built in.</summary>
    public static DiagnosticException UnsupportedPayload(string name, string what) =>
        new("DOM3602", $"the payload of the kernel '{name}' cannot be unpacked: {what}", "use a kernel compressed with gzip, xz, lz4 or zstd, or the ELF image itself");

    /// <summary>The payload is incomplete or contradicts itself.</summary>
    public static DiagnosticException DamagedPayload(string name, string what) =>
        new("DOM3603", $"the payload of the kernel '{name}' is damaged: {what}", "copy or download it again");

    /// <summary>The payload is larger than the domain.</summary>
    public static DiagnosticException PayloadTooLarge(string name, ulong size, ulong maximum) =>
        new("DOM3604", $"the kernel '{name}' unpacks to {size} bytes; at most {maximum} are allowed", "give the domain more 'memory:'");

    /// <summary>The ELF image ends before what its headers promise.</summary>
    public static DiagnosticException Truncated(string name, string what) =>
        new("DOM3605", $"the kernel '{name}' is truncated: {what}", "copy or download it again");

    /// <summary>A header or a note contradicts itself or the ABI.</summary>
    public static DiagnosticException Malformed(string name, string what) =>
        new("DOM3606", $"the kernel '{name}' is damaged: {what}");

    /// <summary>Made for another kind of machine.</summary>
    public static DiagnosticException OtherArchitecture(string name, string architecture) =>
        new("DOM3607", $"the kernel '{name}' is for {architecture}", "use a kernel for x86 (i386 or amd64)");

    /// <summary>Nothing of Xen's in it.</summary>
    public static DiagnosticException NotParavirtual(string name) =>
        new("DOM3608", $"the kernel '{name}' has neither Xen's ELF notes nor a section '__xen_guest'", "use a kernel built for paravirtual domains, or domain type 'bare'");

    /// <summary>Made for an interface or a loader that is not this one.</summary>
    public static DiagnosticException OtherInterface(string name, string what) =>
        new("DOM3609", $"the kernel '{name}' is not for this interface: {what}", "use a kernel built for Xen 3.0 or later, for Linux's or the generic loader");

    /// <summary>It cannot run without something that no version of the ABI knows.</summary>
    public static DiagnosticException UnknownFeature(string name, string feature) =>
        new("DOM3610", $"the kernel '{name}' requires the unknown feature '{feature}'");

    /// <summary>32 bits with two-level page tables.</summary>
    public static DiagnosticException NoPae(string name) =>
        new("DOM3611", $"the 32-bit kernel '{name}' does not support PAE", "use a kernel built with PAE");

    /// <summary>No room for the kernel.</summary>
    public static DiagnosticException DoesNotFit(string name, string what) =>
        new("DOM3612", $"the kernel '{name}' does not fit in the domain's memory: {what}", "give the domain more 'memory:'");

    /// <summary>It wants to be at virtual addresses that are the VMM's or nobody's.</summary>
    public static DiagnosticException BadAddress(string name, string what) =>
        new("DOM3613", $"the kernel '{name}' cannot be mapped: {what}");

    /// <summary>A text out of an image, made fit for a message.</summary>
    /// <param name="text">The text.</param>
    /// <returns>At most 64 characters, all of them printable ASCII.</returns>
    public static string Printable(string text) => string.Concat(text.Take(64).Select(c => c is >= ' ' and <= '~' ? c : '?'));
}
