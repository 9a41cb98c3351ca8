namespace Dominion.Devices.Pc.Virtio;

/// <summary>Feature bits that belong to no device type (Virtio 1.2, 6 "Reserved Feature Bits"). The packed ring (34) and what else is not here are not offered.</summary>
internal static class VirtioFeature
{
    /// <summary>VIRTIO_F_INDIRECT_DESC (28): a descriptor may refer to a table of descriptors.</summary>
    public const ulong IndirectDescriptors = 1UL << 28;

    /// <summary>VIRTIO_F_EVENT_IDX (29): either side says at which index it wants to hear from the other.</summary>
    public const ulong EventIndex = 1UL << 29;

    /// <summary>VIRTIO_F_VERSION_1 (32): not a legacy device.</summary>
    public const ulong Version1 = 1UL << 32;

    /// <summary>VIRTIO_F_ACCESS_PLATFORM (33): the device's addresses are those of its bus, which the platform may translate.</summary>
    public const ulong AccessPlatform = 1UL << 33;

    /// <summary>What every device offers.</summary>
    public const ulong Common = IndirectDescriptors | EventIndex | Version1;
}
