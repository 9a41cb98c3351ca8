namespace Dominion.Paravirt.Xen.Tests.Building.Images;

/// <summary>A fact about a real kernel; skipped, with the reason, where it was not fetched.</summary>
public sealed class RealKernelFactAttribute : FactAttribute
{
    /// <summary>Decides whether the test runs.</summary>
    /// <param name="name">The kernel's file in artifacts/guests.</param>
    public RealKernelFactAttribute(string name)
    {
        if (!File.Exists(RealKernels.Path(name)))
            Skip = $"artifacts/guests/{name} is not there: {Source(name)}";
    }

    private static string Source(string name) =>
        name.StartsWith("builtin", StringComparison.Ordinal) ? "the build of guests/ writes it" :
        name.StartsWith("grub", StringComparison.Ordinal) ? "eng/get-firmware fetches it" :
        "eng/get-guests fetches it";
}
