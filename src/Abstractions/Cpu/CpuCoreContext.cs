using Dominion.Buses;
using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Time;

namespace Dominion.Cpu;

/// <summary>What a core is made from.</summary>
public sealed record CpuCoreContext
{
    /// <summary>The vCPU's index in its domain.</summary>
    public required int Index { get; init; }

    /// <summary>How many vCPUs the domain has.</summary>
    public required int VcpuCount { get; init; }

    /// <summary>The CPU model's name, such as <c>x86-64-v2</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Features to add to the model (<c>vmx</c>) or to take away (<c>-avx</c>).</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>The engine: <c>auto</c>, <c>interpreter</c> or <c>translator</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>Whether floating point is exact software arithmetic throughout, as on a host without the instructions. The results are the same; it serves to compare the two.</summary>
    public bool SoftwareArithmetic { get; init; }

    /// <summary>Whether a monitor runs the core and may hold some of the domain's cores until others have left the guest: then no core waits for others itself, and a locked access that the host cannot do in one operation is not one to the domain's other vCPUs.</summary>
    public bool IsMonitored { get; init; }

    /// <summary>The machine's memory.</summary>
    public required IMachineMemory MachineMemory { get; init; }

    /// <summary>Where physical accesses go.</summary>
    public required IPhysicalAddressSpace Memory { get; init; }

    /// <summary>Where port accesses go.</summary>
    public required IPortSpace Ports { get; init; }

    /// <summary>The domain's time.</summary>
    public required IClock Clock { get; init; }

    /// <summary>The core's log.</summary>
    public required ILog Log { get; init; }

    /// <summary>Where random numbers (RDRAND, RDSEED) start, on a machine whose runs must be equal; null for the host's entropy.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The extensions that <see cref="Features"/> asks for, found by the host.</summary>
    public IReadOnlyList<ICpuExtensionFactory> Extensions { get; init; } = [];
}
