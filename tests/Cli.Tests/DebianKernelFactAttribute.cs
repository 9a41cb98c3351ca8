namespace Dominion.Cli.Tests;

/// <summary>A fact about Debian's kernel; skipped, with the reason, where its packages cannot be had.</summary>
public sealed class DebianKernelFactAttribute : FactAttribute
{
    /// <summary>Decides whether the test runs.</summary>
    public DebianKernelFactAttribute()
    {
        if (!File.Exists(Path.Combine(DominionProcess.Root, "artifacts", "guests", "vmlinuz-cloud")))
            Skip = "Debian's kernel is not here: run eng/get-guests";
    }
}
