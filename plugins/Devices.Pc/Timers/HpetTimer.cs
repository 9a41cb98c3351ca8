using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;
using Dominion.Time;

namespace Dominion.Devices.Pc.Timers;

/// <summary>One comparator of an <see cref="Hpet"/> (IA-PC HPET 1.0a, 2.3.8 to 2.3.10).</summary>
internal sealed class HpetTimer : IDisposable
{
    /// <summary>The global system interrupts that a timer can be routed to: 20 to 23.</summary>
    public const uint Routes = 0x00F0_0000;

    private const uint LevelTriggered = 1 << 1;
    private const uint InterruptEnable = 1 << 2;
    private const uint Periodic = 1 << 3;
    private const uint PeriodicCapable = 1 << 4;
    private const uint Counter64 = 1 << 5;
    private const uint SetsComparator = 1 << 6;
    private const uint Forced32 = 1 << 8;
    private const uint RouteMask = 0x1F << 9;
    private const uint MessageEnable = 1 << 14;
    private const uint MessageCapable = 1 << 15;
    private const uint Capabilities = PeriodicCapable | Counter64 | MessageCapable;
    private const uint Writable = LevelTriggered | InterruptEnable | Periodic | SetsComparator | Forced32 | RouteMask | MessageEnable;
    private const ulong MaximumTicks = 1UL << 58;
    private readonly int _index;
    private readonly Hpet _block;
    private readonly IMessageInterrupts _messages;
    private readonly IClock _clock;
    private readonly ITimer _timer;
    private readonly IInterruptLine?[] _lines = new IInterruptLine?[24];
    private readonly IInterruptLine? _legacyLine;
    private uint _configuration;
    private ulong _comparator;
    private ulong _period;
    private bool _highFollows;
    private long _expiry = -1;

    /// <summary>Makes a comparator.</summary>
    /// <param name="index">0 to 2.</param>
    /// <param name="block">The block that it is in.</param>
    /// <param name="context">What the board gives.</param>
    public HpetTimer(int index, Hpet block, IDeviceContext context)
    {
        _index = index;
        _block = block;
        _messages = context.Messages;
        _clock = context.Clock;
        _timer = _clock.CreateTimer(OnTimer);
        for (int i = 0; i < _lines.Length; i++)
        {
            if ((Routes & (1U << i)) != 0)
                _lines[i] = context.GetInterruptLine(i);
        }

        _legacyLine = index switch
        {
            0 => context.GetInterruptLine(0),
            1 => context.GetInterruptLine(8),
            _ => null,
        };
    }

    /// <summary>The configuration and capability register, low half.</summary>
    public uint Configuration => _configuration | Capabilities;

    /// <summary>The comparator.</summary>
    public ulong Comparator => _comparator & Mask;

    /// <summary>The data of the message.</summary>
    public uint MessageData { get; set; }

    /// <summary>The address of the message.</summary>
    public uint MessageAddress { get; set; }

    private ulong Mask => (_configuration & Forced32) != 0 ? uint.MaxValue : ulong.MaxValue;

    private bool IsLevel => (_configuration & LevelTriggered) != 0;

    private IInterruptLine? Line => _block.IsLegacy && _legacyLine is not null ? _legacyLine : _lines[(_configuration & RouteMask) >> 9];

    /// <summary>Takes the state after reset.</summary>
    public void Reset()
    {
        Release();
        _configuration = 0;
        _comparator = ulong.MaxValue;
        _period = 0;
        _highFollows = false;
        MessageData = 0;
        MessageAddress = 0;
        Update();
    }

    /// <summary>Writes the configuration register.</summary>
    /// <param name="value">The whole value.</param>
    public void WriteConfiguration(uint value)
    {
        Release();
        uint route = (value & RouteMask) >> 9;
        if (route >= _lines.Length || _lines[route] is null)
            value &= ~RouteMask;
        _configuration = value & Writable;
        Update();
    }

    /// <summary>Writes the comparator. In periodic mode a write sets the period, and the comparator as well when Tn_VAL_SET_CNF was set, which it clears.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mask">The bits that are written.</param>
    public void WriteComparator(ulong value, ulong mask)
    {
        bool isPeriodic = (_configuration & Periodic) != 0;
        if (isPeriodic)
            _period = Bits.Merge(_period, value, mask) & Mask;

        // A 64-bit write comes as its low and then its high half: the bit's effect lasts for both.
        bool isHigh = mask > uint.MaxValue;
        bool sets = (_configuration & SetsComparator) != 0 || (isHigh && _highFollows);
        _highFollows = sets && !isHigh;
        if (isPeriodic && !sets)
            return;
        _configuration &= ~SetsComparator;
        _comparator = Bits.Merge(_comparator, value, mask) & Mask;
        Update();
    }

    /// <summary>Drives the wire of a level-triggered timer by its status bit.</summary>
    public void DriveLevel()
    {
        if (IsLevel && (_configuration & MessageEnable) == 0)
            Line?.Set((_block.Status & (1U << _index)) != 0 && (_configuration & InterruptEnable) != 0);
    }

    /// <summary>Lets go of the wire.</summary>
    public void Release() => Line?.Set(false);

    /// <summary>Computes the next match anew.</summary>
    public void Update()
    {
        DriveLevel();
        _expiry = -1;
        if (!_block.IsRunning)
        {
            _timer.Cancel();
            return;
        }

        ulong ahead = (_comparator - _block.Counter) & Mask;
        if (ahead > MaximumTicks)
        {
            _timer.Cancel();
            return;
        }

        _expiry = _block.TimeOf(ahead);
        _timer.Schedule(_expiry);
    }

    /// <summary>Writes the state.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(StateWriter writer)
    {
        writer.Write(_configuration);
        writer.Write(_comparator);
        writer.Write(_period);
        writer.Write(_highFollows);
        writer.Write(MessageData);
        writer.Write(MessageAddress);
        writer.Write(_expiry);
        TimerState.Save(writer, _timer);
    }

    /// <summary>Reads the state, after the block's own.</summary>
    /// <param name="reader">Where from.</param>
    public void Restore(StateReader reader)
    {
        _configuration = reader.ReadUInt32() & Writable;
        uint route = (_configuration & RouteMask) >> 9;
        if (route >= _lines.Length)
            throw new InvalidDataException($"an HPET timer cannot be routed to interrupt {route}");
        _comparator = reader.ReadUInt64();
        _period = reader.ReadUInt64();
        _highFollows = reader.ReadBoolean();
        MessageData = reader.ReadUInt32();
        MessageAddress = reader.ReadUInt32();
        DriveLevel();
        _expiry = reader.ReadInt64();
        TimerState.Restore(reader, _timer);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void OnTimer()
    {
        if (_expiry < 0 || _clock.Now < _expiry)
            return;
        _expiry = -1;
        Fire();
        if ((_configuration & Periodic) != 0 && _period != 0)
        {
            // Periods that were missed fall together.
            const ulong Least = ClockTicks.MinimumInterval / Hpet.TickNanoseconds;
            ulong behind = (_block.Counter + (Least - 1) - _comparator) & Mask;
            _comparator = (_comparator + (((behind / _period) + 1) * _period)) & Mask;
            Update();
        }
        else if ((_configuration & Forced32) != 0)
        {
            // A 32-bit comparator matches again when the counter has wrapped.
            _expiry = _block.TimeOf(((_comparator - _block.Counter - 1) & Mask) + 1);
            _timer.Schedule(_expiry);
        }
    }

    private void Fire()
    {
        if (IsLevel)
            _block.SetStatus(_index);
        if ((_configuration & InterruptEnable) == 0)
            return;
        if ((_configuration & MessageEnable) != 0)
        {
            _messages.Send(MessageAddress, MessageData);
            return;
        }

        if (!IsLevel)
            Line?.Set(false);
        Line?.Set(true);
    }
}
