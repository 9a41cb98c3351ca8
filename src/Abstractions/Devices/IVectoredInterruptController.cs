namespace Dominion.Devices;

/// <summary>An interrupt controller that requests with one wire and names the vector when it is acknowledged, as the 8259 pair does. The board wires its request to the processors' LINT0 (INTR).</summary>
public interface IVectoredInterruptController : IInterruptController
{
    /// <summary>Who hears the request output. Set once by the board; called on any thread under the controller's own lock, so it may take no lock but the processors' interrupt fabric's (<see cref="IProcessorInterrupts.SetLocalInput"/>).</summary>
    Action<bool>? RequestChanged { get; set; }

    /// <summary>The interrupt-acknowledge cycle. Safe from any thread: taken without the domain's device lock.</summary>
    /// <returns>The vector; a spurious one when nothing asks any more.</returns>
    int Acknowledge();
}
