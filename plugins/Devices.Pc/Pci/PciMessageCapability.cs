using System.Buffers.Binary;
using Dominion.Devices.Pci;

namespace Dominion.Devices.Pc.Pci;

/// <summary>
/// MSI with one vector (PCI Local Bus 3.0, 6.8.1), whose state is its registers in configuration space:
/// <code>
/// +0   capability id, next pointer
/// +2   message control: bit 0 enables, bit 7 says that the address has 64 bits
/// +4   message address, bits 1–0 zero
/// +8   message upper address
/// +12  message data, 16 bits
/// </code>
/// </summary>
internal sealed class PciMessageCapability
{
    private const int ControlOffset = 2;
    private const int AddressOffset = 4;
    private const int DataOffset = 12;
    private const int Length = 14;
    private const byte Enable = 1 << 0;
    private const byte Address64 = 1 << 7;
    private readonly IMessageInterrupts _messages;
    private readonly byte[] _bytes;

    /// <summary>Makes the capability's registers writable.</summary>
    /// <param name="messages">Where the message goes.</param>
    /// <param name="bytes">The configuration space.</param>
    /// <param name="writable">Its writable bits.</param>
    /// <param name="offset">The capability's offset in it.</param>
    public PciMessageCapability(IMessageInterrupts messages, byte[] bytes, byte[] writable, int offset)
    {
        _messages = messages;
        _bytes = bytes;
        Offset = offset;
        writable[offset + ControlOffset] = Enable;
        writable.AsSpan(offset + AddressOffset, Length - AddressOffset).Fill(0xFF);
        writable[offset + AddressOffset] = 0xFC;
    }

    /// <summary>The capability's offset in configuration space.</summary>
    public int Offset { get; }

    /// <summary>Whether MSI is on.</summary>
    public bool IsEnabled => (_bytes[Offset + ControlOffset] & Enable) != 0;

    /// <summary>Adds MSI to a function that has it.</summary>
    /// <param name="descriptor">The function as its device describes it.</param>
    /// <returns>The function with the capability, which is the last one.</returns>
    public static PciDescriptor Complete(PciDescriptor descriptor)
    {
        if (!descriptor.HasMessageSignal)
            return descriptor;
        byte[] body = new byte[Length - ControlOffset];
        body[0] = Address64;
        return descriptor with { Capabilities = [.. descriptor.Capabilities, new PciCapability(PciRegister.SingleMessageCapabilityId, body)] };
    }

    /// <summary>The capability's index in a completed descriptor.</summary>
    /// <param name="descriptor">The function with MSI.</param>
    /// <returns>The index.</returns>
    public static int IndexIn(PciDescriptor descriptor) => descriptor.Capabilities.Count - (descriptor.MessageCount == 0 ? 1 : 2);

    /// <summary>Sends the message.</summary>
    public void Send()
    {
        ReadOnlySpan<byte> registers = _bytes.AsSpan(Offset, Length);
        _messages.Send(BinaryPrimitives.ReadUInt64LittleEndian(registers[AddressOffset..]), BinaryPrimitives.ReadUInt16LittleEndian(registers[DataOffset..]));
    }
}
