using Dominion.Cpu;
using Dominion.Devices;
using Dominion.Domains;
using Dominion.Services;

namespace Dominion.Host.Composition;

/// <summary>A machine that is fully decided: every export found and its factory made, every option bound and checked. Nothing of the machine exists yet.</summary>
public sealed record MachinePlan(
    ulong MemoryBytes,
    ClockKind Clock,
    CpuPlan Cpu,
    IReadOnlyList<ServicePlan> Services,
    IReadOnlyList<DomainPlan> Domains);

/// <summary>How a machine's time passes.</summary>
public enum ClockKind
{
    /// <summary>With the host's.</summary>
    Host,

    /// <summary>With the instructions that are executed.</summary>
    Virtual,
}

/// <summary>The cores of a machine or of one domain.</summary>
public sealed record CpuPlan(ICpuCoreFactory Factory, string Model, string Engine, IReadOnlyList<string> Features, IReadOnlyList<ICpuExtensionFactory> Extensions);

/// <summary>A service to be made.</summary>
public sealed record ServicePlan(string Name, IServiceFactory Factory, object? Options);

/// <summary>A device to be made: in a board's slot, or from the manifest's list.</summary>
public sealed record DevicePlan(string? Slot, string Export, string Name, IDeviceFactory Factory, object? Options);

/// <summary>A board to be made.</summary>
public sealed record BoardPlan(string Export, IBoardFactory Factory, object? Options);

/// <summary>A domain to be made.</summary>
public sealed record DomainPlan(
    string Name,
    int Id,
    string Type,
    IDomainTypeFactory Factory,
    object? Options,
    ulong MemoryBytes,
    int VcpuCount,
    CpuPlan Cpu,
    BoardPlan? Board,
    IReadOnlyList<DevicePlan> Devices);
