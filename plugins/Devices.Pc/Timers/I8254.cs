using Dominion.Buses;
using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;
using Dominion.Time;

namespace Dominion.Devices.Pc.Timers;

/// <summary>The PC's 8254 at ports 0x40 to 0x43 with IRQ 0 on counter 0, and port 0x61, which gates counter 2 and shows its output.</summary>
internal sealed class I8254 : IDevice
{
    /// <summary>The oscillator: a twelfth of 14.31818 MHz.</summary>
    public const long Frequency = 1_193_182;

    // Port 0x61, bit 4 changes with each memory refresh: counter 1's period on the AT, 18 ticks.
    private const long RefreshTicks = 18;
    private readonly IClock _clock;
    private readonly ITimer _timer;
    private readonly IInterruptLine _line;
    private readonly IBusMapping[] _mappings;
    private readonly I8254Counter[] _counters = [new(gate: true), new(gate: true), new(gate: false)];
    private byte _control;
    private long _nextEvent = -1;

    /// <summary>Puts the timer on its ports.</summary>
    /// <param name="context">What the board gives.</param>
    public I8254(IDeviceContext context)
    {
        _clock = context.Clock;
        _timer = _clock.CreateTimer(OnTimer);
        _line = context.GetInterruptLine(0);
        _mappings =
        [
            context.Ports.Map(
                0x40,
                4,
                new RegisterMap(1, 4)
                    .At(0, "Counter 0", () => _counters[0].Read(Now), (value, _) => WriteCount(0, value))
                    .At(1, "Counter 1", () => _counters[1].Read(Now), (value, _) => WriteCount(1, value))
                    .At(2, "Counter 2", () => _counters[2].Read(Now), (value, _) => WriteCount(2, value))
                    .At(3, "Control word", write: (value, _) => WriteControl((byte)value)),
                context.Name),
            context.Ports.Map(0x61, 1, new RegisterMap(1, 1).At(0, "System control port B", ReadControl, (value, _) => WriteGate((byte)value)), context.Name),
        ];
        Reset();
    }

    private long Now => ClockTicks.FromNanoseconds(_clock.Now, Frequency);

    /// <inheritdoc/>
    public void Reset()
    {
        long now = Now;
        for (int i = 0; i < _counters.Length; i++)
            _counters[i].Reset(gate: i != 2, now);
        _control = 0;
        _line.Set(_counters[0].OutputAt(now));
        Schedule(now);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("i8254", 2);
        writer.Write(_control);
        foreach (I8254Counter counter in _counters)
            counter.Save(writer, Now);
        writer.Write(_nextEvent);
        TimerState.Save(writer, _timer);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        if (reader.BeginSection("i8254", 2) != 2)
            throw new InvalidDataException("the state is of a version that kept no event to come");
        _control = reader.ReadByte();
        foreach (I8254Counter counter in _counters)
            counter.Restore(reader, Now);
        _line.Set(_counters[0].OutputAt(Now));
        _nextEvent = reader.ReadInt64();
        TimerState.Restore(reader, _timer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        foreach (IBusMapping mapping in _mappings)
            mapping.Dispose();
    }

    private void WriteCount(int index, uint value)
    {
        long now = Now;
        _counters[index].WriteCount((byte)value, now);
        if (index == 0)
            Refresh(now);
    }

    private void WriteControl(byte value)
    {
        long now = Now;
        int selected = value >> 6;
        if (selected != 3)
        {
            _counters[selected].WriteControl(value, now);
            if (selected == 0)
                Refresh(now);
            return;
        }

        // Read-back command: the count and the status bits are active low.
        for (int i = 0; i < _counters.Length; i++)
        {
            if ((value & (2 << i)) == 0)
                continue;
            if ((value & 0x20) == 0)
                _counters[i].LatchCount(now);
            if ((value & 0x10) == 0)
                _counters[i].LatchStatus(now);
        }
    }

    private uint ReadControl()
    {
        long now = Now;
        uint refresh = (now / RefreshTicks & 1) != 0 ? 0x10U : 0;
        uint output = _counters[2].OutputAt(now) ? 0x20U : 0;
        return _control | refresh | output;
    }

    private void WriteGate(byte value)
    {
        _control = (byte)(value & 0x0F);
        _counters[2].SetGate((value & 1) != 0, Now);
    }

    private void Refresh(long now)
    {
        _line.Set(_counters[0].OutputAt(now));
        Schedule(now);
    }

    private void Schedule(long now)
    {
        _nextEvent = _counters[0].NextEvent(now);
        if (_nextEvent < 0)
            _timer.Cancel();
        else if (_counters[0].Mode is 2 or 3)
            _timer.Schedule(Math.Max(ClockTicks.ToNanoseconds(_nextEvent, Frequency), _clock.Now + ClockTicks.MinimumInterval));
        else
            _timer.Schedule(ClockTicks.ToNanoseconds(_nextEvent, Frequency));
    }

    private void OnTimer()
    {
        long now = Now;
        if (_nextEvent < 0 || now < _nextEvent)
            return;
        bool output = _counters[0].OutputAt(now);

        // The low pulse of modes 2, 4 and 5 lasts one tick and lies behind: its end is the rising edge.
        if (output)
            _line.Set(false);
        _line.Set(output);
        Schedule(now);
    }
}
