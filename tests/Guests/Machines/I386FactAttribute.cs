namespace Dominion.Guests.Tests.Machines;

/// <summary>A fact about Debian's 32-bit kernel; skipped where it cannot be had.</summary>
public sealed class I386FactAttribute : FactAttribute
{
    private static readonly string[] Files = ["vmlinuz-i386", "initrd-i386.img"];

    /// <summary>Decides whether the test runs.</summary>
    public I386FactAttribute()
    {
        Skip = Files.FirstOrDefault(file => !File.Exists(Repository.Guest(file))) is { } missing ? $"artifacts/guests/{missing} is not there: eng/get-guests-i386 fetches it" : null;
    }
}
