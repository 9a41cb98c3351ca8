
namespace Dominion.Cpu.X86.Tests.Platform;

/// <summary>A test against the host's own floating-point unit: reported as skipped where the host has none of that kind.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostFactAttribute : FactAttribute
{
    public HostFactAttribute(bool needsAvx = false)
    {
        if (!ExecutableMemory.IsHostCapable)
            Skip = "The oracle is the host's floating-point unit: this needs Linux on x86-64.";
        else if (needsAvx && !System.Runtime.Intrinsics.X86.Avx.IsSupported)
            Skip = "The oracle is the host's floating-point unit: this needs AVX.";
    }

    /// <param name="feature">What the host's CPU must have besides, by Linux's name.</param>
    public HostFactAttribute(string feature)
    {
        if (!ExecutableMemory.IsHostCapable || !HostFeatures.Has(feature))
            Skip = $"The oracle is the host's floating-point unit: this needs Linux on x86-64 with {feature}.";
    }
}
