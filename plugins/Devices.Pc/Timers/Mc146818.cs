using Dominion.Buses;
using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;
using Dominion.Time;

namespace Dominion.Devices.Pc.Timers;

/// <summary>The real-time clock and CMOS RAM (Motorola MC146818A data sheet) at ports 0x70 and 0x71, with IRQ 8. The clock follows the machine's civil time (UTC) plus what the guest has set.</summary>
internal sealed class Mc146818 : IDevice
{
    /// <summary>Where a PC keeps the century.</summary>
    public const int CenturyRegister = 0x32;

    private const int RegisterA = 0x0A;
    private const int RegisterB = 0x0B;
    private const int RegisterC = 0x0C;
    private const int RegisterD = 0x0D;
    private const byte Set = 0x80;
    private const byte PeriodicFlag = 0x40;
    private const byte AlarmFlag = 0x20;
    private const byte UpdateFlag = 0x10;
    private const byte RequestFlag = 0x80;
    private const byte Binary = 0x04;
    private const byte Hours24 = 0x02;
    private const long Second = 1_000_000_000;

    // UIP: 244 µs ahead of an update, and 1984 µs while it lasts, which ends with the second.
    private const long UpdateNanoseconds = 2_228_000;
    private const long AlarmLookback = 86_400;
    private readonly IClock _clock;
    private readonly ITimer _timer;
    private readonly IInterruptLine _line;
    private readonly IBusMapping _mapping;
    private readonly byte[] _memory = new byte[128];
    private byte _index;
    private byte _flags;
    private long _offset; // seconds
    private long _seenSecond;
    private long _seenPeriod;

    /// <summary>Puts the clock on its ports.</summary>
    /// <param name="context">What the board gives.</param>
    public Mc146818(IDeviceContext context)
    {
        _clock = context.Clock;
        _timer = _clock.CreateTimer(OnTimer);
        _line = context.GetInterruptLine(8);
        _mapping = context.Ports.Map(
            0x70,
            2,
            new RegisterMap(1, 2)
                .At(0, "CMOS index", write: (value, _) => _index = (byte)(value & 0x7F))
                .At(1, "CMOS data", ReadData, (value, _) => WriteData(_index, (byte)value)),
            context.Name);
        _memory[RegisterA] = 0x26;
        _memory[RegisterB] = Hours24;
        _memory[RegisterD] = 0x80;
        Reset();
    }

    /// <summary>Who sees the interrupt's signal beside the interrupt controllers: what wakes the machine. Called under the domain's device lock.</summary>
    public Action<bool>? SignalChanged { get; set; }

    private byte Control => _memory[RegisterB];

    // The divider runs at 32.768 kHz with DV = 010; the other settings hold the clock, as SET does.
    private bool IsRunning => (Control & Set) == 0 && (_memory[RegisterA] & 0x70) == 0x20;

    private long CurrentSecond => (_clock.WallClock / Second) + _offset;

    private long UntilNextSecond => Second - (_clock.WallClock % Second);

    // Ticks of 32,768 Hz from one periodic interrupt to the next; 0 for none.
    private long PeriodTicks => (_memory[RegisterA] & 0xF) switch
    {
        0 => 0,
        1 => 128,
        2 => 256,
        int rate => 1L << (rate - 1),
    };

    private long CurrentPeriod => PeriodTicks == 0 ? 0 : ClockTicks.FromNanoseconds(_clock.Now, 32_768) / PeriodTicks;

    /// <summary>RESET clears the interrupt enables and flags; time, calendar and RAM live on their battery.</summary>
    public void Reset()
    {
        _memory[RegisterB] &= 0x87;
        _index = 0;
        _flags = 0;
        Forget();
        Update();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("mc146818", 1);
        Observe();
        writer.Write(_memory);
        writer.Write(_index);
        writer.Write(_flags);
        writer.Write(_offset);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("mc146818", 1);
        byte[] memory = reader.ReadBytes();
        if (memory.Length != _memory.Length)
            throw new InvalidDataException($"CMOS RAM has {_memory.Length} bytes, not {memory.Length}");
        memory.CopyTo(_memory, 0);
        _index = (byte)(reader.ReadByte() & 0x7F);
        _flags = (byte)(reader.ReadByte() & 0x70);
        _offset = reader.ReadInt64();
        Forget();
        Update();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _mapping.Dispose();
    }

    private static bool IsTime(int index) => index is 0 or 2 or 4 or (>= 6 and <= 9) or CenturyRegister;

    private uint ReadData()
    {
        switch (_index)
        {
            case RegisterA:
                bool updating = IsRunning && UntilNextSecond <= UpdateNanoseconds;
                return (uint)(_memory[RegisterA] | (updating ? 0x80 : 0));
            case RegisterC:
                Observe();
                uint value = (uint)(_flags | ((_flags & Control) != 0 ? RequestFlag : 0));
                _flags = 0;
                Update();
                return value;
            case byte index when IsTime(index):
                if (IsRunning)
                    LatchTime();
                return _memory[_index];
            default:
                return _memory[_index];
        }
    }

    private void WriteData(int index, byte value)
    {
        Observe();
        switch (index)
        {
            case RegisterA:
                Hold(() => _memory[RegisterA] = (byte)(value & 0x7F));
                break;
            case RegisterB:
                // SET clears the update-ended interrupt's enable.
                Hold(() => _memory[RegisterB] = (value & Set) != 0 ? (byte)(value & ~UpdateFlag) : value);
                break;
            case RegisterC or RegisterD:
                return;
            case var _ when IsTime(index):
                if (IsRunning)
                    LatchTime();
                _memory[index] = value;
                if (IsRunning)
                    AdoptTime();
                break;
            default:
                _memory[index] = value;
                break;
        }

        Forget();
        Update();
    }

    // Runs a change that may stop or start the clock.
    private void Hold(Action change)
    {
        bool wasRunning = IsRunning;
        if (wasRunning)
            LatchTime();
        change();
        if (!wasRunning && IsRunning)
            AdoptTime();
    }

    private byte Encode(int value) => (Control & Binary) != 0 ? (byte)value : (byte)((value / 10 << 4) | (value % 10));

    private int Decode(byte value) => (Control & Binary) != 0 ? value : ((value >> 4) * 10) + (value & 0xF);

    private byte EncodeHour(int hour)
    {
        if ((Control & Hours24) != 0)
            return Encode(hour);
        int half = hour % 12 == 0 ? 12 : hour % 12;
        return (byte)(Encode(half) | (hour >= 12 ? 0x80 : 0));
    }

    private int DecodeHour(byte value)
    {
        if ((Control & Hours24) != 0)
            return Decode(value);
        return (Decode((byte)(value & 0x7F)) % 12) + ((value & 0x80) != 0 ? 12 : 0);
    }

    private void LatchTime()
    {
        DateTime time = ToDate(CurrentSecond);
        _memory[0] = Encode(time.Second);
        _memory[2] = Encode(time.Minute);
        _memory[4] = EncodeHour(time.Hour);
        _memory[6] = Encode((int)time.DayOfWeek + 1);
        _memory[7] = Encode(time.Day);
        _memory[8] = Encode(time.Month);
        _memory[9] = Encode(time.Year % 100);
        _memory[CenturyRegister] = Encode(time.Year / 100);
    }

    // What is no date is taken for the nearest one before or after it.
    private void AdoptTime()
    {
        int year = Math.Clamp((Decode(_memory[CenturyRegister]) * 100) + Decode(_memory[9]), 1, 9998);
        int month = Math.Clamp(Decode(_memory[8]), 1, 12);
        int day = Math.Clamp(Decode(_memory[7]), 1, DateTime.DaysInMonth(year, month));
        DateTime time = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc)
            .AddHours(DecodeHour(_memory[4]) % 24)
            .AddMinutes(Decode(_memory[2]) % 60)
            .AddSeconds(Decode(_memory[0]) % 60);
        long seconds = (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        _offset = seconds - (_clock.WallClock / Second);
    }

    private static DateTime ToDate(long second)
    {
        const long First = -62_135_596_800;
        const long Last = 253_402_300_799;
        return DateTime.UnixEpoch.AddSeconds(Math.Clamp(second, First, Last));
    }

    // Sets the flags of what has happened since it was looked at last.
    private void Observe()
    {
        if (IsRunning && CurrentSecond != _seenSecond)
        {
            long now = CurrentSecond;
            if ((_flags & AlarmFlag) == 0)
            {
                for (long second = Math.Max(_seenSecond + 1, now - AlarmLookback); second <= now; second++)
                {
                    if (!IsAlarm(second))
                        continue;
                    _flags |= AlarmFlag;
                    break;
                }
            }

            _flags |= UpdateFlag;
            _seenSecond = now;
        }

        if (CurrentPeriod != _seenPeriod)
        {
            _flags |= PeriodicFlag;
            _seenPeriod = CurrentPeriod;
        }
    }

    private void Forget()
    {
        _seenSecond = CurrentSecond;
        _seenPeriod = CurrentPeriod;
    }

    // The two highest bits make an alarm byte match everything.
    private bool IsAlarm(long second)
    {
        DateTime time = ToDate(second);
        return Matches(_memory[1], Encode(time.Second)) && Matches(_memory[3], Encode(time.Minute)) && Matches(_memory[5], EncodeHour(time.Hour));

        static bool Matches(byte alarm, byte value) => alarm >= 0xC0 || alarm == value;
    }

    private void Update()
    {
        bool requested = (_flags & Control & 0x70) != 0;
        _line.Set(requested);
        SignalChanged?.Invoke(requested);
        long next = long.MaxValue;
        if (IsRunning && (Control & (AlarmFlag | UpdateFlag)) != 0)
            next = _clock.Now + UntilNextSecond;
        if ((Control & PeriodicFlag) != 0 && PeriodTicks != 0)
            next = Math.Min(next, ClockTicks.ToNanoseconds((CurrentPeriod + 1) * PeriodTicks, 32_768));
        if (next == long.MaxValue)
            _timer.Cancel();
        else
            _timer.Schedule(next);
    }

    private void OnTimer()
    {
        Observe();
        Update();
    }
}
