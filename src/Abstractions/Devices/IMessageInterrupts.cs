namespace Dominion.Devices;

/// <summary>Takes message-signalled interrupts: a write to 0xFEExxxxx (SDM volume 3A, 11.11 "Message Signalled Interrupts").</summary>
public interface IMessageInterrupts
{
    /// <summary>Delivers one message. Called under the domain's device lock.</summary>
    /// <param name="address">The message address. Bits 63–40 are bits 31–8 of a 32-bit destination, as an IOMMU sends it (Intel VT-d, 5.1.5 and 10.4: the upper address of its own events).</param>
    /// <param name="data">The message data.</param>
    /// <returns>False when no local APIC took it.</returns>
    bool Send(ulong address, uint data);
}
