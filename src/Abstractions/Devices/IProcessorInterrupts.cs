using Dominion.Cpu;

namespace Dominion.Devices;

/// <summary>The interrupt fabric of a domain's processors, such as the local APICs: what a board wires cores, the legacy controller and message-signalled interrupts to. Lock order: the domain's device lock, the legacy controller's own lock, the fabric's own lock.</summary>
public interface IProcessorInterrupts : IMessageInterrupts
{
    /// <summary>Wires a vCPU. Called once for each vCPU, in order of index, before the first reset.</summary>
    /// <param name="core">The vCPU's core.</param>
    void Attach(ICpuCore core);

    /// <summary>The controller that is asked for the vector of an external interrupt, or null.</summary>
    IVectoredInterruptController? ExternalController { get; set; }

    /// <summary>Drives a local interrupt pin of every processor. Safe from any thread.</summary>
    /// <param name="input">0 for LINT0 (INTR), 1 for LINT1 (NMI).</param>
    /// <param name="asserted">True for the active level.</param>
    void SetLocalInput(int input, bool asserted);

    /// <summary>Signals INIT to every processor, as the INIT# pin does: the bootstrap processor starts at the reset vector, the others wait for a startup message. Safe from any thread.</summary>
    void SignalInit();

    /// <summary>Drives the RESET# pin of every processor. Safe from any thread.</summary>
    /// <param name="asserted">Whether the processors are held.</param>
    void SetReset(bool asserted);

    /// <summary>Adds a part that must hear when a level-triggered interrupt's handler has ended.</summary>
    /// <param name="listener">The part, such as an I/O APIC.</param>
    void AddEndListener(IInterruptEndListener listener);
}
