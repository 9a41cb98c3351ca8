using Dominion.Buses;
using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;
using Dominion.Time;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>ACPI's fixed hardware (ACPI 6.5, 4.8): PM1 event and control registers, the PM timer with 32 bits, the reset register, the power button, and what a board needs to sleep in S3.</summary>
internal sealed class AcpiPowerManagement : IDevice, IPowerButton
{
    /// <summary>The PM timer's oscillator in Hz.</summary>
    public const long TimerFrequency = 3_579_545;

    /// <summary>Offset of PM1a_EVT_BLK.</summary>
    public const int EventOffset = 0x0;

    /// <summary>Offset of PM1a_CNT_BLK.</summary>
    public const int ControlOffset = 0x4;

    /// <summary>Offset of PM_TMR_BLK.</summary>
    public const int TimerOffset = 0x8;

    /// <summary>Offset of the reset register.</summary>
    public const int ResetOffset = 0xC;

    /// <summary>What resets the machine when it is written to the reset register.</summary>
    public const byte ResetValue = 0x06;

    /// <summary>SLP_TYP of S3, suspend to RAM; the DSDT's \_S3 says the same.</summary>
    public const byte SuspendType = 1;

    /// <summary>SLP_TYP of S5, soft off; the DSDT's \_S5 says the same.</summary>
    public const byte SoftOffType = 5;

    private const uint TimerStatus = 1 << 0;
    private const uint PowerButtonStatus = 1 << 8;
    private const uint ClockStatus = 1 << 10;
    private const uint WakeStatus = 1 << 15;
    private const uint StatusBits = TimerStatus | (1 << 4) | (1 << 5) | PowerButtonStatus | (1 << 9) | ClockStatus | WakeStatus;
    private const uint EnableBits = TimerStatus | (1 << 5) | PowerButtonStatus | (1 << 9) | ClockStatus;
    private const uint SciEnable = 1;
    private const uint SleepEnable = 1 << 13;
    private const uint ControlBits = SciEnable | (1 << 1) | (7 << 10);
    private const long HalfPeriod = 1L << 31;

    private readonly string _name;
    private readonly IDomainControl _control;
    private readonly IClock _clock;
    private readonly ITimer _timer;
    private readonly IInterruptLine _line;
    private readonly IBusMapping _mapping;
    private uint _status;
    private uint _enable;
    private uint _sleep;
    private bool _asleep;
    private bool _clockSignal;
    private long _lastHalf;

    /// <summary>Puts the registers on their ports.</summary>
    /// <param name="context">What the board gives.</param>
    public AcpiPowerManagement(IDeviceContext context)
    {
        _name = context.Name;
        _control = context.Control;
        _clock = context.Clock;
        _timer = _clock.CreateTimer(OnTimer);
        _line = context.GetInterruptLine(PcLayout.SystemControlInterrupt);
        _mapping = context.Ports.Map(
            PcLayout.PowerManagementPorts,
            0x10,
            new RegisterMap(2, 0x10)
                .At(EventOffset, "PM1a_STS", ReadStatus, (value, _) => Acknowledge(value))
                .At(EventOffset + 2, "PM1a_EN", () => _enable, (value, mask) => WriteEnable(Bits.Merge(_enable, value, mask)))
                .At(ControlOffset, "PM1a_CNT", () => _sleep, (value, mask) => WriteControl(Bits.Merge(_sleep, value, mask)))
                .At(TimerOffset, "PM_TMR, low half", () => (uint)Ticks & 0xFFFF)
                .At(TimerOffset + 2, "PM_TMR, high half", () => (uint)Ticks >> 16)
                .At(ResetOffset, "RESET_REG", () => 0, (value, mask) => WriteReset(value & mask)),
            context.Name);
        Reset();
    }

    /// <summary>Puts the board to sleep in S3, or null where the board cannot. Called under the domain's device lock.</summary>
    public Action? SleepRequested { get; set; }

    /// <summary>Wakes the board. Called under the domain's device lock.</summary>
    public Action? WakeRequested { get; set; }

    private long Ticks => ClockTicks.FromNanoseconds(_clock.Now, TimerFrequency);

    /// <inheritdoc/>
    public void PressPowerButton()
    {
        _status |= PowerButtonStatus;
        Update();
    }

    /// <summary>Follows the real-time clock's interrupt signal, whose rise is an event (ACPI 6.5, 4.8.3.1, RTC_STS).</summary>
    /// <param name="asserted">The signal's level.</param>
    public void SetClockSignal(bool asserted)
    {
        bool rises = asserted && !_clockSignal;
        _clockSignal = asserted;
        if (!rises)
            return;
        _status |= ClockStatus;
        Update();
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _status = 0;
        _enable = 0;
        // There is no SMI_CMD: the hardware is in ACPI mode from the start (ACPI 6.5, 5.2.9, SMI_CMD).
        _sleep = SciEnable;
        _asleep = false;
        _lastHalf = Ticks / HalfPeriod;
        _timer.Cancel();
        Update();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("acpi-pm", 2);
        writer.Write(_status);
        writer.Write(_enable);
        writer.Write(_sleep);
        writer.Write(_asleep);
        writer.Write(_clockSignal);
        writer.Write(_lastHalf);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("acpi-pm", 2);
        _status = reader.ReadUInt32() & StatusBits;
        _enable = reader.ReadUInt32() & EnableBits;
        _sleep = reader.ReadUInt32() & ControlBits;
        _asleep = reader.ReadBoolean();
        _clockSignal = reader.ReadBoolean();
        _lastHalf = reader.ReadInt64();
        Update();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _mapping.Dispose();
    }

    private uint ReadStatus()
    {
        NoteCarry();
        return _status;
    }

    private void Acknowledge(uint ones)
    {
        NoteCarry();
        _status &= ~ones;
        Update();
    }

    private void WriteEnable(uint value)
    {
        _enable = value & EnableBits;
        NoteCarry();
        Update();
    }

    private void WriteControl(uint value)
    {
        _sleep = (value & ControlBits) | SciEnable;
        if ((value & SleepEnable) == 0)
            return;
        uint type = (value >> 10) & 7;
        if (type == SoftOffType)
            _control.PowerOff(_name);
        else if (type == SuspendType && SleepRequested is { } sleep)
        {
            sleep();
            _asleep = true;
            Update();
        }
    }

    private void WriteReset(uint value)
    {
        if ((byte)value == ResetValue)
            _control.Reset(_name);
    }

    // TMR_STS is set whenever the timer's highest bit changes (ACPI 6.5, 4.8.2.1).
    private void NoteCarry()
    {
        long half = Ticks / HalfPeriod;
        if (half == _lastHalf)
            return;
        _lastHalf = half;
        _status |= TimerStatus;
    }

    private void Update()
    {
        _line.Set((_status & _enable) != 0);
        Wake();
        if ((_enable & TimerStatus) != 0)
            _timer.Schedule(ClockTicks.ToNanoseconds((_lastHalf + 1) * HalfPeriod, TimerFrequency));
        else
            _timer.Cancel();
    }

    // The power button wakes whether or not it may interrupt (ACPI 6.5, 4.8.2.2.1).
    private void Wake()
    {
        if (!_asleep || (_status & (PowerButtonStatus | (_enable & ClockStatus))) == 0)
            return;
        _asleep = false;
        _status |= WakeStatus;
        WakeRequested?.Invoke();
    }

    private void OnTimer()
    {
        NoteCarry();
        Update();
    }
}
