using Dominion.Persistence;

namespace Dominion.Devices.Pc.Storage;

/// <summary>The registers of a drive's command block (ATA8-ACS, 6). Each of features, count and the three of the address is two deep: a write pushes the old content to the "previous" one, which 48-bit commands use.</summary>
internal sealed class AtaTaskFile : IPersistent
{
    private const byte LbaMode = 0x40;

    /// <summary>The features register, the previous content in bits 15–8.</summary>
    public ushort Features { get; set; }

    /// <summary>The count register, the previous content in bits 15–8. For packet devices bits 7–0 are the interrupt reason.</summary>
    public ushort Count { get; set; }

    /// <summary>LBA low, the previous content in bits 15–8.</summary>
    public ushort Low { get; set; }

    /// <summary>LBA mid, the previous content in bits 15–8.</summary>
    public ushort Mid { get; set; }

    /// <summary>LBA high, the previous content in bits 15–8.</summary>
    public ushort High { get; set; }

    /// <summary>The device register.</summary>
    public byte Device { get; set; }

    /// <summary>The status register.</summary>
    public AtaStatus Status { get; set; }

    /// <summary>The error register.</summary>
    public AtaError Error { get; set; }

    /// <summary>Whether the address is a block number and not cylinder, head and sector.</summary>
    public bool IsLba => (Device & LbaMode) != 0;

    /// <summary>The head, or bits 27–24 of a 28-bit address.</summary>
    public int Head => Device & 0xF;

    /// <summary>The cylinder.</summary>
    public int Cylinder => (byte)Mid | ((byte)High << 8);

    /// <summary>The 28-bit address.</summary>
    public ulong Lba28 => (uint)((byte)Low | ((byte)Mid << 8) | ((byte)High << 16) | (Head << 24));

    /// <summary>The 48-bit address.</summary>
    public ulong Lba48
    {
        get => (uint)((byte)Low | ((byte)Mid << 8) | ((byte)High << 16))
            | ((ulong)(uint)((Low >> 8) | (Mid & 0xFF00) | ((High & 0xFF00) << 8)) << 24);
        set
        {
            Low = (ushort)((byte)value | ((byte)(value >> 24) << 8));
            Mid = (ushort)((byte)(value >> 8) | ((byte)(value >> 32) << 8));
            High = (ushort)((byte)(value >> 16) | ((byte)(value >> 40) << 8));
        }
    }

    /// <summary>Pushes a byte into a register of depth two.</summary>
    /// <param name="register">The register.</param>
    /// <param name="value">What is written.</param>
    /// <returns>The register as it becomes.</returns>
    public static ushort Push(ushort register, byte value) => (ushort)((register << 8) | value);

    /// <summary>What a device puts there after a reset or a diagnostic (ATA8-ACS, table "Device signatures").</summary>
    /// <param name="isPacket">Whether it is a packet device.</param>
    public void SetSignature(bool isPacket)
    {
        Count = 1;
        Low = 1;
        Mid = (ushort)(isPacket ? 0x14 : 0);
        High = (ushort)(isPacket ? 0xEB : 0);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(Features);
        writer.Write(Count);
        writer.Write(Low);
        writer.Write(Mid);
        writer.Write(High);
        writer.Write(Device);
        writer.Write((byte)Status);
        writer.Write((byte)Error);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        Features = reader.ReadUInt16();
        Count = reader.ReadUInt16();
        Low = reader.ReadUInt16();
        Mid = reader.ReadUInt16();
        High = reader.ReadUInt16();
        Device = reader.ReadByte();
        Status = (AtaStatus)reader.ReadByte();
        Error = (AtaError)reader.ReadByte();
    }
}
