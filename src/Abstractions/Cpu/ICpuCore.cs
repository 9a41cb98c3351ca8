using Dominion.Persistence;

namespace Dominion.Cpu;

/// <summary>A vCPU's core, of whatever architecture. A domain type asks for the architecture's own contract (for x86 <see cref="X86.IX86Core"/>) and refuses a core that lacks it.</summary>
public interface ICpuCore : IPersistent, IDisposable
{
    /// <summary>The architecture's name, such as <c>x86</c>.</summary>
    string Architecture { get; }

    /// <summary>The vCPU's index in its domain.</summary>
    int Index { get; }
}
