using Dominion.Diagnostics;
using Dominion.Domains;

namespace Dominion.Host.Composition;

/// <summary>A domain to be made.</summary>
/// <param name="Name">Its name; unique in the machine.</param>
/// <param name="Id">Its id: the place in the manifest's list, from 0.</param>
/// <param name="Type">The domain type's name.</param>
/// <param name="Factory">Makes it.</param>
/// <param name="Options">The type's options, or null when it takes none.</param>
/// <param name="MemoryBytes">Its RAM, a multiple of 4096.</param>
/// <param name="VcpuCount">How many vCPUs it has.</param>
/// <param name="Cpu">Their cores.</param>
/// <param name="Board">Its board, or null when its type uses none.</param>
/// <param name="Devices">Its devices: slots first, in the board's order, then the manifest's list.</param>
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
    IReadOnlyList<DevicePlan> Devices)
{
    /// <summary>Where the manifest describes it, or null: the place of diagnostics that come up while it is made.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>Its split devices, in the order of the manifest's list.</summary>
    public IReadOnlyList<SplitDevicePlan> SplitDevices { get; init; } = [];
}
