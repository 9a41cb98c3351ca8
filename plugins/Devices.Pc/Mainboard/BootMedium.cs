namespace Dominion.Devices.Pc.Mainboard;

/// <summary>Where firmware looks for a system; the values are those of a nibble of the boot order in CMOS RAM, as SeaBIOS and the Bochs BIOS read it.</summary>
public enum BootMedium
{
    /// <summary>A floppy disk.</summary>
    Floppy = 1,

    /// <summary>A hard disk.</summary>
    Disk = 2,

    /// <summary>A CD-ROM (El Torito).</summary>
    Cdrom = 3,

    /// <summary>The network, by a card's option ROM.</summary>
    Network = 4,
}
