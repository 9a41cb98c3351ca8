using System.Buffers.Binary;
using Dominion.Devices.Pc.Pci;
using Dominion.Devices.Pci;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>The vendor capabilities by which a driver finds a virtio function's structures (Virtio 1.2, 4.1.4: struct virtio_pci_cap).</summary>
internal static class VirtioPciCapability
{
    /// <summary>Offset of the BAR's number in a capability.</summary>
    public const int BarOffset = 4;

    /// <summary>Offset of the structure's offset in its BAR.</summary>
    public const int OffsetOffset = 8;

    /// <summary>Offset of the structure's length.</summary>
    public const int LengthOffset = 12;

    /// <summary>Offset of pci_cfg_data in the configuration access capability.</summary>
    public const int DataOffset = 16;

    /// <summary>The length of the configuration access and of the notification capability.</summary>
    public const int LongLength = 20;

    /// <summary>The index of the configuration access capability in <see cref="All"/>.</summary>
    public const int ConfigurationAccessIndex = 4;

    private const int ShortLength = 16;

    /// <summary>The five capabilities in list order.</summary>
    public static IReadOnlyList<PciCapability> All { get; } =
    [
        Create(type: 1, VirtioPciLayout.CommonOffset, VirtioPciLayout.CommonLength, ShortLength),
        Create(type: 2, VirtioPciLayout.NotifyOffset, VirtioPciLayout.StructureLength, LongLength),
        Create(type: 3, VirtioPciLayout.IsrOffset, 1, ShortLength),
        Create(type: 4, VirtioPciLayout.DeviceOffset, VirtioPciLayout.StructureLength, ShortLength),
        Create(type: 5, 0, 0, LongLength) with { IsLive = true },
    ];

    /// <summary>Writes a capability as it is after reset.</summary>
    /// <param name="type">cfg_type.</param>
    /// <param name="offset">The structure's offset in its BAR.</param>
    /// <param name="length">The structure's length.</param>
    /// <param name="capabilityLength">cap_len.</param>
    /// <returns>The capability; the body starts after id and next pointer.</returns>
    private static PciCapability Create(byte type, int offset, int length, int capabilityLength)
    {
        byte[] bytes = new byte[capabilityLength];
        bytes[2] = (byte)capabilityLength;
        bytes[3] = type;
        bytes[BarOffset] = VirtioPciLayout.Bar;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(OffsetOffset), offset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(LengthOffset), length);
        if (type == 2)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(DataOffset), VirtioPciLayout.NotifyMultiplier);
        return new PciCapability(PciRegister.VendorCapabilityId, bytes.AsMemory(2));
    }
}
