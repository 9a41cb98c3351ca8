using Dominion.Memory;

namespace Dominion.Devices;

/// <summary>A device that stands between bus masters and memory: it translates the addresses and the message-signalled interrupts of each requester by tables that the guest keeps. A requester is named by its bus, device and function number in bits 15–8, 7–3 and 2–0.</summary>
public interface IIommu
{
    /// <summary>Gives memory as a requester reaches it.</summary>
    /// <param name="requester">The requester's id.</param>
    /// <returns>The memory. Called under the domain's device lock only, unlike RAM itself.</returns>
    IGuestMemory GetMemory(ushort requester);

    /// <summary>Gives the interrupt controllers as a requester reaches them.</summary>
    /// <param name="requester">The requester's id.</param>
    /// <returns>Where its messages go.</returns>
    IMessageInterrupts GetMessages(ushort requester);
}
