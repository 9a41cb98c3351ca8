using Dominion.Diagnostics;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>Reads ROM images that options name.</summary>
internal static class FirmwareImage
{
    private const long Page = 4096;
    private const long LeastFirmware = 64 << 10;
    private const long MostFirmware = 16 << 20;
    private const long MostOptionRom = 1 << 20;

    /// <summary>Reads a mainboard's firmware: a whole number of pages, so that it can end at 4 GiB.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="DiagnosticException">It cannot be read, or is no ROM image.</exception>
    public static byte[] Read(string path)
    {
        byte[] image = ReadFile(path, "the firmware", MostFirmware);
        if (image.Length < LeastFirmware || image.Length % Page != 0)
            throw WrongSize("the firmware", path, image.Length);
        return image;
    }

    /// <summary>Reads an expansion ROM (PCI Firmware 3.3, 5.2.1): it starts with 55h AAh and its length in units of 512 bytes.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="DiagnosticException">It cannot be read, or is no expansion ROM.</exception>
    public static byte[] ReadExpansion(string path)
    {
        byte[] image = ReadFile(path, "the expansion ROM", MostOptionRom);
        if (image.Length < 512 || image[0] != 0x55 || image[1] != 0xAA || image[2] * 512 > image.Length)
            throw new DiagnosticException("DOM3223", $"'{path}' is no expansion ROM", "one starts with the bytes 55h AAh and its length in units of 512 bytes, such as vgabios-stdvga.bin");
        return image;
    }

    private static byte[] ReadFile(string path, string what, long most)
    {
        try
        {
            long length = new FileInfo(path).Length;
            if (length > most)
                throw WrongSize(what, path, length);
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DiagnosticException("DOM3221", $"{what} '{path}' cannot be read: {e.Message}");
        }
    }

    private static DiagnosticException WrongSize(string what, string path, long length) =>
        new("DOM3222", $"{what} '{path}' has {length} bytes, which is no ROM's size", "a PC's firmware has 64KiB, 128KiB or 256KiB, an expansion ROM 1MiB at most");
}
