namespace Dominion.Devices.Pc.Iommu;

/// <summary>Where a page of a requester's addresses leads.</summary>
/// <param name="Page">The physical address of the 4 KiB page.</param>
/// <param name="CanRead">Whether the requester may read it.</param>
/// <param name="CanWrite">Whether the requester may write it.</param>
internal readonly record struct DmaMapping(ulong Page, bool CanRead, bool CanWrite);
