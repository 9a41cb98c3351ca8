namespace Dominion.Paravirt.Xen.Abi;

/// <summary>Error numbers; a hypercall returns them negated (xen/include/public/errno.h).</summary>
internal enum XenError
{
    Success = 0,
    Perm = 1,
    NoEntry = 2,
    NoSuchProcess = 3,
    Again = 11,
    NoMemory = 12,
    Access = 13,
    Fault = 14,
    Busy = 16,
    Exists = 17,
    NoDevice = 19,
    Invalid = 22,
    NoSpace = 28,
    Range = 34,
    NotImplemented = 38,
    NoData = 61,
    Time = 62,
    NotSupported = 95,
}
