namespace Dominion.Devices.Pc.Mainboard;

/// <summary>A device that can say which ISA resources it took, so that the ACPI tables tell the same.</summary>
internal interface IIsaDevice
{
    /// <summary>The first I/O port.</summary>
    ushort Port { get; }

    /// <summary>The global system interrupt.</summary>
    int Interrupt { get; }
}
