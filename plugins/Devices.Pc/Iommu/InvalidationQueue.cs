using System.Buffers.Binary;
using Dominion.Devices.Pc.Registers;
using Dominion.Memory;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Iommu;

/// <summary>Queued invalidation with descriptors of 128 bits (Intel VT-d, 6.5.2 and 10.4.20 to 10.4.27). What is queued is done at once when the tail is written.</summary>
internal sealed class InvalidationQueue : IPersistent
{
    /// <summary>The greatest address mask of a page-selective invalidation: a GiB.</summary>
    public const int MostMask = 18;

    private const int HeadOffset = 0x80;
    private const int TailOffset = 0x88;
    private const int AddressOffset = 0x90;
    private const int StatusOffset = 0x9C;
    private const int EventOffset = 0xA0;
    private const int DescriptorLength = 16;
    private const uint PointerBits = 0x7_FFF0;
    private const ulong SizeBits = 7;
    private const uint WaitCompleted = 1;

    // Descriptor types, the bits that each has beside its type, and their fields.
    private const ulong TypeMask = 0xF;
    private const ulong ContextBits = 0x0003_FFFF_FFFF_0030;
    private const ulong TranslationBits = 0xFFFF_00F0;
    private const ulong TranslationHighReserved = 0xF80;
    private const ulong EntryBits = 0x0000_FFFF_F800_0010;
    private const ulong WaitBits = 0xFFFF_FFFF_0000_0070;
    private const ulong WaitHighReserved = 3;
    private const int PageSelective = 3;
    private const ulong WaitInterrupt = 1 << 4;
    private const ulong WaitStatus = 1 << 5;

    private readonly IGuestMemory _memory;
    private readonly FaultLog _faults;
    private readonly EventInterrupt _event;
    private readonly Action _invalidate;
    private readonly ulong _addressBits;
    private bool _enabled;
    private uint _head;
    private uint _tail;
    private ulong _address;
    private uint _status;

    /// <summary>Assigns the registers.</summary>
    /// <param name="map">The unit's registers.</param>
    /// <param name="memory">Where the queue is.</param>
    /// <param name="addressBits">How many bits an address of it has.</param>
    /// <param name="messages">Where the message of a wait descriptor goes.</param>
    /// <param name="faults">Where errors go.</param>
    /// <param name="invalidate">Drops what is cached of the translation tables.</param>
    public InvalidationQueue(RegisterMap map, IGuestMemory memory, int addressBits, IMessageInterrupts messages, FaultLog faults, Action invalidate)
    {
        _memory = memory;
        _faults = faults;
        _invalidate = invalidate;
        _addressBits = (1UL << addressBits) - 1;
        _event = new EventInterrupt(map, EventOffset, "Invalidation event", messages);
        faults.QueueErrorCleared = Process;
        map.AtWide(HeadOffset, "Invalidation queue head", () => _head)
            .AtWide(TailOffset, "Invalidation queue tail", () => _tail, WriteTail)
            .AtWide(AddressOffset, "Invalidation queue address", () => _address, (value, mask) => _address = Bits.Merge(_address, value, mask & ((_addressBits & ~0xFFFUL) | SizeBits)))
            .At(StatusOffset, "Invalidation completion status", () => _status, (value, _) => ClearStatus(value));
    }

    private uint Length => (uint)(DescriptorLength << 8) << (int)(_address & SizeBits);

    /// <summary>Switches the queue on, or off, which puts its head back to 0.</summary>
    /// <param name="enabled">Whether it is on.</param>
    public void Enable(bool enabled)
    {
        if (_enabled == enabled)
            return;
        _enabled = enabled;
        if (enabled)
            Process();
        else
            _head = 0;
    }

    /// <summary>Takes the state after reset.</summary>
    public void Reset()
    {
        _event.Reset();
        _enabled = false;
        _head = 0;
        _tail = 0;
        _address = 0;
        _status = 0;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        _event.Save(writer);
        writer.Write(_enabled);
        writer.Write(_head);
        writer.Write(_tail);
        writer.Write(_address);
        writer.Write(_status);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        _event.Restore(reader);
        _enabled = reader.ReadBoolean();
        _head = reader.ReadUInt32() & PointerBits;
        _tail = reader.ReadUInt32() & PointerBits;
        _address = reader.ReadUInt64() & ((_addressBits & ~0xFFFUL) | SizeBits);
        _status = reader.ReadUInt32() & WaitCompleted;
    }

    private void WriteTail(ulong value, ulong mask)
    {
        _tail = (uint)Bits.Merge(_tail, value, mask & PointerBits);
        if ((mask & PointerBits) != 0)
            Process();
    }

    private void ClearStatus(uint value)
    {
        _status &= ~value;
        if (_status == 0)
            _event.Withdraw();
    }

    // Ends: every turn takes the head one descriptor on, and within one round of the queue it is at the tail.
    private void Process()
    {
        Span<byte> descriptor = stackalloc byte[DescriptorLength];
        while (_enabled && _head != _tail && !_faults.HasQueueError)
        {
            bool done = _tail < Length && _head < Length
                && _memory.TryRead((_address & ~0xFFFUL) + _head, descriptor)
                && Execute(BinaryPrimitives.ReadUInt64LittleEndian(descriptor), BinaryPrimitives.ReadUInt64LittleEndian(descriptor[8..]));
            if (!done)
            {
                _faults.ReportQueueError();
                return;
            }

            _head = (_head + DescriptorLength) & (Length - 1);
        }
    }

    private bool Execute(ulong low, ulong high)
    {
        ulong fields = low & ~TypeMask;
        int granularity = (int)(low >> 4) & 3;
        switch (low & TypeMask)
        {
            case 1:
                if ((fields & ~ContextBits) != 0 || high != 0 || granularity == 0)
                    return false;
                _invalidate();
                return true;
            case 2:
                if ((fields & ~TranslationBits) != 0 || (high & TranslationHighReserved) != 0 || granularity == 0)
                    return false;
                if (granularity == PageSelective && (high & 0x3F) > MostMask)
                    return false;
                _invalidate();
                return true;
            case 4:
                // Interrupt remapping entries are not cached.
                return (fields & ~EntryBits) == 0 && high == 0;
            case 5:
                if ((fields & ~WaitBits) != 0 || (high & WaitHighReserved) != 0)
                    return false;
                Complete(low, high);
                return true;
            default:
                return false;
        }
    }

    // All that stands before a wait descriptor is done: fence or not, it is its turn.
    private void Complete(ulong low, ulong address)
    {
        if ((low & WaitStatus) != 0)
        {
            Span<byte> data = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(data, (uint)(low >> 32));
            _memory.TryWrite(address, data);
        }

        if ((low & WaitInterrupt) == 0 || _status != 0)
            return;
        _status = WaitCompleted;
        _event.Raise();
    }
}
