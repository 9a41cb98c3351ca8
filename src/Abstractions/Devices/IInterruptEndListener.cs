namespace Dominion.Devices;

/// <summary>Hears the end-of-interrupt broadcasts of the local APICs, as an I/O APIC does.</summary>
public interface IInterruptEndListener
{
    /// <summary>The handler of a level-triggered vector has ended. Called under the domain's device lock.</summary>
    /// <param name="vector">The vector.</param>
    void EndOfInterrupt(byte vector);
}
