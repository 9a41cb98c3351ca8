namespace Dominion.Devices.Pc.Virtio;

/// <summary>Where a virtio function keeps its structures in its memory BAR, and the fields of the common one (Virtio 1.2, 4.1.4.3).</summary>
internal static class VirtioPciLayout
{
    /// <summary>The BAR that holds every structure.</summary>
    public const int Bar = 0;

    /// <summary>The BAR's size: a page for each structure.</summary>
    public const int BarSize = 0x4000;

    /// <summary>The length reserved for each structure.</summary>
    public const int StructureLength = 0x1000;

    /// <summary>The common configuration structure.</summary>
    public const int CommonOffset = 0x0000;

    /// <summary>The length of the common configuration's fields.</summary>
    public const int CommonLength = 0x38;

    /// <summary>The ISR status: one byte.</summary>
    public const int IsrOffset = 0x1000;

    /// <summary>The device type's configuration structure.</summary>
    public const int DeviceOffset = 0x2000;

    /// <summary>The notification structure: a dword for each queue.</summary>
    public const int NotifyOffset = 0x3000;

    /// <summary>notify_off_multiplier: the bytes between two queues' notification addresses.</summary>
    public const int NotifyMultiplier = 4;

    /// <summary>device_feature_select, le32.</summary>
    public const int DeviceFeatureSelect = 0x00;

    /// <summary>device_feature, le32, read-only.</summary>
    public const int DeviceFeature = 0x04;

    /// <summary>driver_feature_select, le32.</summary>
    public const int DriverFeatureSelect = 0x08;

    /// <summary>driver_feature, le32.</summary>
    public const int DriverFeature = 0x0C;

    /// <summary>config_msix_vector, le16; the high half of the dword is num_queues, le16, read-only.</summary>
    public const int ConfigurationVector = 0x10;

    /// <summary>device_status, u8; then config_generation, u8, read-only, and queue_select, le16.</summary>
    public const int DeviceStatus = 0x14;

    /// <summary>queue_select, le16.</summary>
    public const int QueueSelect = 0x16;

    /// <summary>queue_size, le16.</summary>
    public const int QueueSize = 0x18;

    /// <summary>queue_msix_vector, le16.</summary>
    public const int QueueVector = 0x1A;

    /// <summary>queue_enable, le16; the high half of the dword is queue_notify_off, le16, read-only.</summary>
    public const int QueueEnable = 0x1C;

    /// <summary>queue_desc, le64.</summary>
    public const int QueueDescriptors = 0x20;

    /// <summary>queue_driver, le64.</summary>
    public const int QueueDriver = 0x28;

    /// <summary>queue_device, le64.</summary>
    public const int QueueDevice = 0x30;

    /// <summary>VIRTIO_MSI_NO_VECTOR.</summary>
    public const ushort NoVector = 0xFFFF;
}
