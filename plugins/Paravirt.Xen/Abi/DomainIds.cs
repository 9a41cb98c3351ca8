namespace Dominion.Paravirt.Xen.Abi;

/// <summary>Domain ids with a meaning of their own (xen/include/public/xen.h).</summary>
internal static class DomainIds
{
    public const ushort Control = 0;
    public const ushort FirstReserved = 0x7FF0;
    public const ushort Self = 0x7FF0;
    public const ushort Io = 0x7FF1;
    public const ushort Xen = 0x7FF2;
    public const ushort Invalid = 0x7FF4;
}
