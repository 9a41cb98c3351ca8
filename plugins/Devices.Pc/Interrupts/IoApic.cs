using Dominion.Buses;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Interrupts;

/// <summary>An I/O APIC (82093AA, data sheet 290566) with 24 inputs and the EOI register of version 0x20. An input is asserted at its active level, whichever that is: the polarity bit is kept and changes nothing.</summary>
internal sealed class IoApic : IDevice, IInterruptController, IInterruptEndListener, IBusTarget
{
    private const int Inputs = 24;
    private const uint Version = 0x20 | ((Inputs - 1) << 16);
    private const ulong Masked = 1UL << 16;
    private const ulong LevelTriggered = 1UL << 15;
    private const ulong RemoteIrr = 1UL << 14;
    private const ulong LogicalDestination = 1UL << 11;
    private const ulong ReadOnlyBits = RemoteIrr | (1UL << 12);
    private const ulong WritableBits = 0xFF00_0000_0001_FFFF & ~ReadOnlyBits;

    // Intel VT-d, 5.1.5.1: before an IOMMU the bits under the destination are part of the entry, which they make a remappable one.
    private const ulong RemappableBits = 0x00FF_0000_0000_0000;
    private readonly IMessageInterrupts _messages;
    private readonly IBusMapping _mapping;
    private readonly ulong[] _redirections = new ulong[Inputs];
    private readonly ulong _writableBits;
    private uint _levels;
    private uint _id;
    private byte _select;

    /// <summary>Puts the I/O APIC on the memory space.</summary>
    /// <param name="context">What the board gives.</param>
    public IoApic(IDeviceContext context)
    {
        _messages = context.Messages;
        _writableBits = context.Iommu is null ? WritableBits : WritableBits | RemappableBits;
        _mapping = context.MemorySpace.Map(PcLayout.IoApic, 0x1000, this, context.Name);
        Reset();
    }

    /// <inheritdoc/>
    public int InputCount => Inputs;

    /// <inheritdoc/>
    public void SetInput(int input, bool asserted)
    {
        uint bit = 1U << input;
        bool rises = asserted && (_levels & bit) == 0;
        _levels = asserted ? _levels | bit : _levels & ~bit;
        // An edge on a masked input is lost (data sheet, "Interrupt Mask").
        if ((_redirections[input] & LevelTriggered) != 0)
            ServeLevel(input);
        else if (rises && (_redirections[input] & Masked) == 0)
            Deliver(_redirections[input]);
    }

    /// <inheritdoc/>
    public void EndOfInterrupt(byte vector)
    {
        for (int input = 0; input < Inputs; input++)
        {
            ulong redirection = _redirections[input];
            if ((byte)redirection != vector || (redirection & (LevelTriggered | RemoteIrr)) != (LevelTriggered | RemoteIrr))
                continue;
            _redirections[input] = redirection & ~RemoteIrr;
            ServeLevel(input);
        }
    }

    /// <inheritdoc/>
    public ulong Read(in BusAccess access) => access.Offset switch
    {
        0x00 => _select,
        0x10 => ReadSelected(),
        _ => 0,
    };

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value)
    {
        switch (access.Offset)
        {
            case 0x00:
                _select = (byte)value;
                break;
            case 0x10:
                WriteSelected((uint)value);
                break;
            case 0x40:
                EndOfInterrupt((byte)value);
                break;
        }
    }

    /// <inheritdoc/>
    public void Reset()
    {
        Array.Fill(_redirections, Masked);
        _id = 0;
        _select = 0;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("ioapic", 1);
        writer.Write(_id);
        writer.Write(_select);
        writer.Write(_levels);
        foreach (ulong redirection in _redirections)
            writer.Write(redirection);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("ioapic", 1);
        _id = reader.ReadUInt32();
        _select = reader.ReadByte();
        _levels = reader.ReadUInt32();
        for (int i = 0; i < Inputs; i++)
            _redirections[i] = reader.ReadUInt64();
    }

    /// <inheritdoc/>
    public void Dispose() => _mapping.Dispose();

    private uint ReadSelected() => _select switch
    {
        0x00 => _id,
        0x01 => Version,
        0x02 => _id,
        >= 0x10 and < 0x10 + (2 * Inputs) => (uint)(_redirections[(_select - 0x10) / 2] >> ((_select & 1) * 32)),
        _ => 0,
    };

    private void WriteSelected(uint value)
    {
        if (_select == 0)
        {
            _id = value & 0x0F00_0000;
            return;
        }

        int input = (_select - 0x10) / 2;
        if (_select < 0x10 || input >= Inputs)
            return;
        int shift = (_select & 1) * 32;
        ulong mask = (0xFFFF_FFFFUL << shift) & _writableBits;
        ulong redirection = Registers.Bits.Merge(_redirections[input], (ulong)value << shift, mask);
        // An edge-triggered entry has no remote IRR: switching to edge and back drops a stuck one.
        if ((redirection & LevelTriggered) == 0)
            redirection &= ~RemoteIrr;
        _redirections[input] = redirection;
        ServeLevel(input);
    }

    private void ServeLevel(int input)
    {
        ulong redirection = _redirections[input];
        if ((_levels & (1U << input)) == 0 || (redirection & (LevelTriggered | Masked | RemoteIrr)) != LevelTriggered)
            return;
        if (Deliver(redirection))
            _redirections[input] |= RemoteIrr;
    }

    // The entry as a message: SDM volume 3A, 11.11.1 and 11.11.2 give the same fields the same meaning, and so does VT-d, 5.1.5.1, to those of the remappable format.
    private bool Deliver(ulong redirection)
    {
        uint mode = (uint)(redirection >> 8) & 7;
        ulong address = PcLayout.LocalApic | ((redirection >> 48) << 4);
        if ((redirection & LogicalDestination) != 0)
            address |= 1 << 2;
        if (mode == 1)
            address |= 1 << 3;
        uint data = (byte)redirection | (mode << 8) | (1U << 14);
        if ((redirection & LevelTriggered) != 0)
            data |= 1U << 15;
        return _messages.Send(address, data);
    }
}
