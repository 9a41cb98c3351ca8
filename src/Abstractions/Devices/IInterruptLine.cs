namespace Dominion.Devices;

/// <summary>A wire to an interrupt controller. Several devices may drive one line; it is asserted while any of them asserts it (each holds its own object).</summary>
public interface IInterruptLine
{
    /// <summary>Drives the wire. Called under the domain's device lock.</summary>
    /// <param name="asserted">True for the active level.</param>
    void Set(bool asserted);
}
