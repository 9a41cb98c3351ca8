using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Firmware;

/// <summary>Whether what eng/make-grub-disk makes and fetches is there.</summary>
internal static class FirmwareGuests
{
    private static readonly string[] Files = ["seabios.bin", "vgabios-stdvga.bin", "memtest86.bin", "grub.img", "grub.iso"];

    /// <summary>Why tests with firmware cannot run, or null.</summary>
    public static string? Missing { get; } =
        Files.FirstOrDefault(file => !File.Exists(Repository.Guest(file))) is { } missing ? $"artifacts/guests/{missing} is not there: eng/make-grub-disk makes it" : null;
}
