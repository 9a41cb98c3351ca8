namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>MMUEXT_* (xen/include/public/xen.h).</summary>
internal enum MmuExtendedCommand : uint
{
    PinL1 = 0,
    PinL2 = 1,
    PinL3 = 2,
    PinL4 = 3,
    Unpin = 4,
    NewBase = 5,
    FlushLocal = 6,
    InvalidateLocal = 7,
    FlushMulti = 8,
    InvalidateMulti = 9,
    FlushAll = 10,
    InvalidateAll = 11,
    FlushCache = 12,
    SetLdt = 13,
    NewUserBase = 15,
    ClearPage = 16,
    CopyPage = 17,
    FlushCacheGlobal = 18,
}
