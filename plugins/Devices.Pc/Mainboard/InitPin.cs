namespace Dominion.Devices.Pc.Mainboard;

/// <summary>A device's way to start the processors anew: INIT#, which leaves memory, devices and the chipset as they are. On a board without firmware nothing waits at the reset vector: there the domain resets itself.</summary>
/// <param name="control">Resets the domain.</param>
/// <param name="device">The device's name, for the record of a reset.</param>
internal sealed class InitPin(IDomainControl control, string device)
{
    /// <summary>What the board has wired to the pin, or null.</summary>
    public Action? Wire { get; set; }

    /// <summary>Pulses the pin. Called under the domain's device lock.</summary>
    public void Pulse()
    {
        if (Wire is { } wire)
            wire();
        else
            control.Reset(device);
    }
}
