namespace Dominion.Paravirt.Xen.GrantTables;

/// <summary>GNTST_* (xen/include/public/grant_table.h).</summary>
internal enum GrantStatus : short
{
    Okay = 0,
    GeneralError = -1,
    BadDomain = -2,
    BadReference = -3,
    BadHandle = -4,
    BadVirtualAddress = -5,
    NoDeviceSpace = -7,
    PermissionDenied = -8,
    BadPage = -9,
    BadCopyArgument = -10,
    AddressTooBig = -11,
    TryAgain = -12,
}
