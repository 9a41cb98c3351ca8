using System.Globalization;
using System.Text;

namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>Reads the section <c>__xen_guest</c>, which came before the notes: <c>NAME=VALUE</c> pairs separated by commas (xen/include/public/elfnote.h, the remarks "LEGACY").</summary>
internal static class XenGuestSection
{
    private const int PageShift = 12;

    /// <summary>Reads the section.</summary>
    /// <param name="name">The kernel's name, for diagnostics.</param>
    /// <param name="elf">The image.</param>
    /// <returns>What it says, or null when there is no such section.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">A number in it is none.</exception>
    public static XenNotes? Read(string name, ElfFile elf)
    {
        if (elf.FindSection("__xen_guest"u8) is not { } section)
            return null;
        ReadOnlySpan<byte> bytes = elf.Available(section.Offset, section.Size).Span;
        int end = bytes.IndexOf((byte)0);
        XenNotes notes = new() { IsLegacy = true };
        foreach (string pair in Encoding.Latin1.GetString(end < 0 ? bytes : bytes[..end]).Split(','))
        {
            int equals = pair.IndexOf('=');
            string key = equals < 0 ? pair : pair[..equals];
            string value = equals < 0 ? "" : pair[(equals + 1)..];
            notes = Add(name, notes, key, value);
        }

        // The page's number counts from VIRT_BASE.
        return notes.HypercallPage is { } page ? notes with { HypercallPage = page + notes.VirtualBase.GetValueOrDefault() } : notes;
    }

    private static XenNotes Add(string name, XenNotes notes, string key, string value) => key switch
    {
        "LOADER" => notes with { Loader = value },
        "GUEST_OS" => notes with { GuestOs = value },
        "GUEST_VER" => notes with { GuestVersion = value },
        "XEN_VER" => notes with { XenVersion = value },
        "PAE" => notes with { PaeMode = PaeModeOf(value) },
        "BSD_SYMTAB" => notes with { BsdSymbolTable = true },
        "VIRT_BASE" => notes with { VirtualBase = Number(name, key, value) },
        "VIRT_ENTRY" => notes with { Entry = Number(name, key, value) },
        "ELF_PADDR_OFFSET" => notes with { PhysicalOffset = Number(name, key, value) },
        "HYPERCALL_PAGE" => notes with { HypercallPage = Number(name, key, value) << PageShift },
        "FEATURES" => notes with { Features = XenFeatureList.Parse(value) },
        _ => notes,
    };

    private static PaeMode PaeModeOf(string value) =>
        value == "yes[extended-cr3]" ? PaeMode.ExtendedCr3 :
        value.StartsWith("yes", StringComparison.Ordinal) ? PaeMode.Yes :
        PaeMode.None;

    private static ulong Number(string name, string key, string value)
    {
        bool isHexadecimal = value.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return ulong.TryParse(isHexadecimal ? value[2..] : value, isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? number
            : throw ImageDiagnostics.Malformed(name, $"{key} in the section '__xen_guest' is '{ImageDiagnostics.Printable(value)}'");
    }
}
