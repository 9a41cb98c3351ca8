namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>GNTTABOP_* (xen/include/public/grant_table.h).</summary>
internal enum GrantCommand : uint
{
    MapReference = 0,
    UnmapReference = 1,
    SetupTable = 2,
    DumpTable = 3,
    Transfer = 4,
    Copy = 5,
    QuerySize = 6,
    UnmapAndReplace = 7,
    SetVersion = 8,
    GetStatusFrames = 9,
    GetVersion = 10,
}
