namespace Dominion.Devices;

/// <summary>A device with interrupt inputs, such as the 8259 pair or an I/O APIC. The board drives the inputs.</summary>
public interface IInterruptController
{
    /// <summary>How many inputs there are.</summary>
    int InputCount { get; }

    /// <summary>Drives an input. Called under the domain's device lock.</summary>
    /// <param name="input">The input, from 0.</param>
    /// <param name="asserted">True for the active level.</param>
    void SetInput(int input, bool asserted);
}
