namespace Dominion.Devices.Pc.Virtio;

/// <summary>The device status field (Virtio 1.2, 2.1).</summary>
[Flags]
internal enum VirtioStatus : byte
{
    /// <summary>After reset.</summary>
    None = 0,

    /// <summary>The driver has seen the device.</summary>
    Acknowledge = 1,

    /// <summary>The driver knows how to drive it.</summary>
    Driver = 2,

    /// <summary>The driver is set up: the device lives.</summary>
    DriverOk = 4,

    /// <summary>Features are agreed on.</summary>
    FeaturesOk = 8,

    /// <summary>The device is in a state that only a reset ends. The device alone sets it.</summary>
    NeedsReset = 64,

    /// <summary>The driver has given up.</summary>
    Failed = 128,
}
