using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Iommu;

/// <summary>
/// The fault status register, the fault recording registers and the fault event (Intel VT-d, 7.2.1 "Primary Fault Logging", 10.4.9 and 10.4.14).
/// <code>
/// low  63–12  the page's address; an interrupt's index in bits 63–48
/// high 15–0   the requester
/// high 39–32  the reason
/// high 62     a read
/// high 63     the record holds a fault; written with 1 it is free again
/// </code>
/// </summary>
internal sealed class FaultLog : IPersistent
{
    /// <summary>How many recording registers there are.</summary>
    public const int RecordCount = 8;

    /// <summary>The offset of the first recording register.</summary>
    public const int RecordOffset = 0x220;

    private const int StatusOffset = 0x34;
    private const int EventOffset = 0x38;
    private const uint Overflow = 1 << 0;
    private const uint PendingFault = 1 << 1;
    private const uint QueueError = 1 << 4;
    private const uint Latched = Overflow | QueueError;
    private const int FirstRecordShift = 8;
    private const ulong Held = 1UL << 63;
    private const ulong Read = 1UL << 62;
    private const int ReasonShift = 32;
    private readonly EventInterrupt _event;
    private readonly (ulong Low, ulong High)[] _records = new (ulong, ulong)[RecordCount];
    private uint _latched;
    private int _first;
    private int _next;

    /// <summary>Assigns the registers.</summary>
    /// <param name="map">The unit's registers.</param>
    /// <param name="messages">Where the fault event's message goes.</param>
    public FaultLog(RegisterMap map, IMessageInterrupts messages)
    {
        _event = new EventInterrupt(map, EventOffset, "Fault event", messages);
        map.At(StatusOffset, "Fault status", () => Status, (value, _) => ClearStatus(value));
        for (int i = 0; i < RecordCount; i++)
        {
            int index = i;
            map.AtWide(RecordOffset + (16 * i), $"Fault {i}, information", () => _records[index].Low)
                .AtWide(RecordOffset + (16 * i) + 8, $"Fault {i}, reason", () => _records[index].High, (value, _) => ClearRecord(index, value));
        }
    }

    /// <summary>Called when software has cleared the invalidation queue's error.</summary>
    public Action? QueueErrorCleared { get; set; }

    /// <summary>Whether the invalidation queue stands still for an error.</summary>
    public bool HasQueueError => (_latched & QueueError) != 0;

    private uint Status => _latched | (HasFault ? PendingFault | ((uint)_first << FirstRecordShift) : 0);

    private bool HasFault
    {
        get
        {
            foreach ((_, ulong high) in _records)
            {
                if ((high & Held) != 0)
                    return true;
            }

            return false;
        }
    }

    /// <summary>Records a fault. When the next record is held still the log overflows, and nothing more is recorded until software has cleared that.</summary>
    /// <param name="fault">The reason.</param>
    /// <param name="requester">The requester.</param>
    /// <param name="information">The page's address, or an interrupt's index in bits 63–48.</param>
    /// <param name="isRead">Whether it was a read.</param>
    public void Record(RemappingFault fault, ushort requester, ulong information, bool isRead)
    {
        if ((_latched & Overflow) != 0)
            return;
        bool isNews = !HasEvent;
        if ((_records[_next].High & Held) != 0)
        {
            _latched |= Overflow;
        }
        else
        {
            if (!HasFault)
                _first = _next;
            _records[_next] = (information & ~0xFFFUL, Held | (isRead ? Read : 0) | ((ulong)fault << ReasonShift) | requester);
            _next = (_next + 1) % RecordCount;
        }

        // A condition that joins one that is not served is no new event (10.4.10, IP).
        if (isNews)
            _event.Raise();
    }

    /// <summary>Records that the invalidation queue met what it cannot do.</summary>
    public void ReportQueueError()
    {
        bool isNews = !HasEvent;
        _latched |= QueueError;
        if (isNews)
            _event.Raise();
    }

    /// <summary>Takes the state after reset.</summary>
    public void Reset()
    {
        _event.Reset();
        Array.Clear(_records);
        _latched = 0;
        _first = 0;
        _next = 0;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        _event.Save(writer);
        writer.Write(_latched);
        writer.Write((byte)_first);
        writer.Write((byte)_next);
        foreach ((ulong low, ulong high) in _records)
        {
            writer.Write(low);
            writer.Write(high);
        }
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        _event.Restore(reader);
        _latched = reader.ReadUInt32() & Latched;
        _first = reader.ReadByte();
        _next = reader.ReadByte();
        if (_first >= RecordCount || _next >= RecordCount)
            throw new InvalidDataException($"an IOMMU has {RecordCount} fault records, not {Math.Max(_first, _next) + 1}");
        for (int i = 0; i < RecordCount; i++)
            _records[i] = (reader.ReadUInt64(), reader.ReadUInt64());
    }

    private bool HasEvent => _latched != 0 || HasFault;

    private void ClearStatus(uint value)
    {
        bool resumes = (_latched & value & QueueError) != 0;
        _latched &= ~value;
        WithdrawServed();
        if (resumes)
            QueueErrorCleared?.Invoke();
    }

    private void ClearRecord(int index, ulong value)
    {
        if ((value & Held) == 0)
            return;
        _records[index].High &= ~Held;
        WithdrawServed();
    }

    private void WithdrawServed()
    {
        if (!HasEvent)
            _event.Withdraw();
    }
}
