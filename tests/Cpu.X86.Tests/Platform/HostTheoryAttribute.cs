namespace Dominion.Cpu.X86.Tests.Platform;

/// <inheritdoc cref="HostFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostTheoryAttribute : TheoryAttribute
{
    public HostTheoryAttribute()
    {
        if (!ExecutableMemory.IsHostCapable)
            Skip = "The oracle is the host's floating-point unit: this needs Linux on x86-64.";
    }
}
