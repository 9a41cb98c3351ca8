using Dominion.Oracle.X86.Platform;

namespace Dominion.Oracle.X86.Tests;

/// <summary>A test that needs the host's processor: reported as skipped where instructions cannot be run on it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostFactAttribute : FactAttribute
{
    public HostFactAttribute()
    {
        if (!LinuxNative.IsSupported)
            Skip = "The oracle is the host's processor: this needs Linux on x86-64.";
    }
}
