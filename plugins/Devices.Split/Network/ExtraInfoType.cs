namespace Dominion.Devices.Split.Network;

/// <summary>What an extra info tells; the values are XEN_NETIF_EXTRA_TYPE_* (xen/include/public/io/netif.h).</summary>
internal enum ExtraInfoType : byte
{
    None = 0,
    Gso = 1,
    MulticastAdd = 2,
    MulticastDelete = 3,
    Hash = 4,
}
