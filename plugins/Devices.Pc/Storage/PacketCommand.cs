namespace Dominion.Devices.Pc.Storage;

/// <summary>The operation codes of a CD-ROM drive (MMC-6, 6; SPC-3).</summary>
internal enum PacketCommand : byte
{
    TestUnitReady = 0x00,
    RequestSense = 0x03,
    Inquiry = 0x12,
    StartStopUnit = 0x1B,
    PreventAllowMediumRemoval = 0x1E,
    ReadCapacity = 0x25,
    Read10 = 0x28,
    Seek10 = 0x2B,
    ReadToc = 0x43,
    GetConfiguration = 0x46,
    GetEventStatusNotification = 0x4A,
    ReadDiscInformation = 0x51,
    ModeSense10 = 0x5A,
    Read12 = 0xA8,
    SetCdSpeed = 0xBB,
    MechanismStatus = 0xBD,
}
