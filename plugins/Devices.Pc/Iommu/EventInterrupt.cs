using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Iommu;

/// <summary>An interrupt of the unit's own, by a message that is not remapped: control, data, address and upper address registers, 32 bits each (Intel VT-d, 10.4.10 to 10.4.13 and 10.4.24 to 10.4.27).</summary>
internal sealed class EventInterrupt : IPersistent
{
    private const uint Mask = 1U << 31;
    private const uint Pending = 1 << 30;
    private readonly IMessageInterrupts _messages;
    private uint _control;
    private uint _data;
    private uint _address;
    private uint _upperAddress;

    /// <summary>Assigns the registers.</summary>
    /// <param name="map">The unit's registers.</param>
    /// <param name="offset">The offset of the first one.</param>
    /// <param name="name">The event's name in theirs.</param>
    /// <param name="messages">Where the message goes.</param>
    public EventInterrupt(RegisterMap map, int offset, string name, IMessageInterrupts messages)
    {
        _messages = messages;
        map.At(offset, $"{name} control", () => _control, WriteControl)
            .At(offset + 4, $"{name} data", () => _data, (value, mask) => _data = Bits.Merge(_data, value, mask))
            .At(offset + 8, $"{name} address", () => _address, (value, mask) => _address = Bits.Merge(_address, value, mask & ~3U))
            .At(offset + 12, $"{name} upper address", () => _upperAddress, (value, mask) => _upperAddress = Bits.Merge(_upperAddress, value, mask));
    }

    /// <summary>Sends the message, or keeps it pending while it is masked.</summary>
    public void Raise()
    {
        if ((_control & Mask) != 0)
            _control |= Pending;
        else
            _messages.Send(((ulong)_upperAddress << 32) | _address, _data);
    }

    /// <summary>Drops a pending message: software has served what it would tell.</summary>
    public void Withdraw() => _control &= ~Pending;

    /// <summary>Takes the state after reset: masked.</summary>
    public void Reset()
    {
        _control = Mask;
        _data = 0;
        _address = 0;
        _upperAddress = 0;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(_control);
        writer.Write(_data);
        writer.Write(_address);
        writer.Write(_upperAddress);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        _control = reader.ReadUInt32() & (Mask | Pending);
        _data = reader.ReadUInt32();
        _address = reader.ReadUInt32() & ~3U;
        _upperAddress = reader.ReadUInt32();
    }

    private void WriteControl(uint value, uint mask)
    {
        _control = Bits.Merge(_control, value, mask & Mask);
        if ((_control & (Mask | Pending)) != Pending)
            return;
        Withdraw();
        Raise();
    }
}
