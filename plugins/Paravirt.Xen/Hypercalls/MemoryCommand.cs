namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>XENMEM_* (xen/include/public/memory.h).</summary>
internal enum MemoryCommand : uint
{
    IncreaseReservation = 0,
    DecreaseReservation = 1,
    MaximumRamPage = 2,
    CurrentReservation = 3,
    MaximumReservation = 4,
    PopulatePhysmap = 6,
    MemoryMap = 9,
    MachineMemoryMap = 10,
    Exchange = 11,
    MachphysMapping = 12,
    SetMemoryMap = 13,
}
