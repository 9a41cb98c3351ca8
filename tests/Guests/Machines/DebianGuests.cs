namespace Dominion.Guests.Tests.Machines;

/// <summary>Whether what eng/get-guests fetches is there.</summary>
internal static class DebianGuests
{
    private static readonly string[] Files = ["vmlinuz-cloud", "initrd-cloud.img", "vmlinuz-amd64", "initrd-amd64.img", "busybox", "disk.img"];

    /// <summary>Why tests with Debian's kernels cannot run, or null.</summary>
    public static string? Missing { get; } =
        Files.FirstOrDefault(file => !File.Exists(Repository.Guest(file))) is { } missing ? $"artifacts/guests/{missing} is not there: eng/get-guests fetches it" : null;
}
