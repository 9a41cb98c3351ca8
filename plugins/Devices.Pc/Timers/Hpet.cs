using Dominion.Buses;
using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;
using Dominion.Time;

namespace Dominion.Devices.Pc.Timers;

/// <summary>High precision event timers (IA-PC HPET 1.0a): a 64-bit counter at 100 MHz and three comparators.</summary>
internal sealed class Hpet : IDevice, ILegacyReplacement
{
    /// <summary>The low half of the general capabilities register: revision 1, three timers, a 64-bit counter, legacy replacement.</summary>
    public const uint BlockId = 0x8086_0000 | LegacyCapable | Counter64 | ((TimerCount - 1) << 8) | 1;

    /// <summary>The least period in ticks that a guest should ask for.</summary>
    public const ushort MinimumPeriodicTicks = 0x80;

    /// <summary>The length of a tick in nanoseconds.</summary>
    public const int TickNanoseconds = 10;

    private const int TimerCount = 3;
    private const uint Counter64 = 1 << 13;
    private const uint LegacyCapable = 1 << 15;
    private const uint PeriodFemtoseconds = TickNanoseconds * 1_000_000;
    private const uint Enable = 1;
    private const uint Legacy = 2;
    private readonly IClock _clock;
    private readonly IBusMapping _mapping;
    private readonly HpetTimer[] _timers = new HpetTimer[TimerCount];
    private uint _configuration;
    private uint _status;
    private ulong _halted;
    private long _start;

    /// <summary>Puts the registers on the memory space.</summary>
    /// <param name="context">What the board gives.</param>
    public Hpet(IDeviceContext context)
    {
        _clock = context.Clock;
        RegisterMap map = new RegisterMap(4, 0x400, unassigned: 0)
            .At(0x000, "General capabilities, low", () => BlockId)
            .At(0x004, "General capabilities, period", () => PeriodFemtoseconds)
            .At(0x010, "General configuration", () => _configuration, (value, mask) => WriteConfiguration(Bits.Merge(_configuration, value, mask)))
            .At(0x020, "General interrupt status", () => _status, (value, _) => Acknowledge(value))
            .At(0x0F0, "Main counter, low", () => (uint)Counter, (value, mask) => WriteCounter(value, mask))
            .At(0x0F4, "Main counter, high", () => (uint)(Counter >> 32), (value, mask) => WriteCounter((ulong)value << 32, (ulong)mask << 32));
        for (int i = 0; i < TimerCount; i++)
        {
            var timer = new HpetTimer(i, this, context);
            _timers[i] = timer;
            int at = 0x100 + (i * 0x20);
            map.At(at, $"Timer {i} configuration", () => timer.Configuration, (value, mask) => timer.WriteConfiguration(Bits.Merge(timer.Configuration, value, mask)))
                .At(at + 4, $"Timer {i} routes", () => HpetTimer.Routes)
                .At(at + 8, $"Timer {i} comparator, low", () => (uint)timer.Comparator, (value, mask) => timer.WriteComparator(value, mask))
                .At(at + 12, $"Timer {i} comparator, high", () => (uint)(timer.Comparator >> 32), (value, mask) => timer.WriteComparator((ulong)value << 32, (ulong)mask << 32))
                .At(at + 16, $"Timer {i} message data", () => timer.MessageData, (value, mask) => timer.MessageData = Bits.Merge(timer.MessageData, value, mask))
                .At(at + 20, $"Timer {i} message address", () => timer.MessageAddress, (value, mask) => timer.MessageAddress = Bits.Merge(timer.MessageAddress, value, mask));
        }

        _mapping = context.MemorySpace.Map(PcLayout.Hpet, 0x400, map, context.Name);
        Reset();
    }

    /// <inheritdoc/>
    public Action<bool>? LegacyReplacementChanged { get; set; }

    /// <summary>The main counter.</summary>
    public ulong Counter => IsRunning ? _halted + (ulong)((_clock.Now - _start) / TickNanoseconds) : _halted;

    /// <summary>Whether the counter runs.</summary>
    public bool IsRunning => (_configuration & Enable) != 0;

    /// <summary>Whether timer 0 drives IRQ 0 and timer 1 IRQ 8.</summary>
    public bool IsLegacy => (_configuration & Legacy) != 0;

    /// <summary>The status bits of level-triggered timers.</summary>
    public uint Status => _status;

    /// <summary>The time at which the counter reaches a value that lies ahead.</summary>
    /// <param name="ticks">How many ticks ahead.</param>
    /// <returns>Nanoseconds of the clock.</returns>
    public long TimeOf(ulong ticks) => _start + (((_clock.Now - _start) / TickNanoseconds) + (long)ticks) * TickNanoseconds;

    /// <summary>Sets a level-triggered timer's status bit.</summary>
    /// <param name="index">The timer.</param>
    public void SetStatus(int index) => _status |= 1U << index;

    /// <inheritdoc/>
    public void Reset()
    {
        _configuration = 0;
        _status = 0;
        _halted = 0;
        foreach (HpetTimer timer in _timers)
            timer.Reset();
        LegacyReplacementChanged?.Invoke(false);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("hpet", 2);
        writer.Write(_configuration);
        writer.Write(_status);
        writer.Write(_halted);
        writer.Write(_clock.Now - _start);
        foreach (HpetTimer timer in _timers)
            timer.Save(writer);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        if (reader.BeginSection("hpet", 2) != 2)
            throw new InvalidDataException("the state is of a version that kept no matches to come");
        _configuration = reader.ReadUInt32() & (Enable | Legacy);
        _status = reader.ReadUInt32();
        _halted = reader.ReadUInt64();
        _start = _clock.Now - reader.ReadInt64();
        LegacyReplacementChanged?.Invoke(IsLegacy);
        foreach (HpetTimer timer in _timers)
            timer.Restore(reader);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mapping.Dispose();
        foreach (HpetTimer timer in _timers)
            timer.Dispose();
    }

    private void WriteConfiguration(uint value)
    {
        ulong counter = Counter;
        uint changed = (value ^ _configuration) & (Enable | Legacy);
        if (changed == 0)
            return;
        _halted = counter;
        _start = _clock.Now;

        // The timers let go of their old wires before the routing changes.
        foreach (HpetTimer timer in _timers)
            timer.Release();
        _configuration = value & (Enable | Legacy);
        if ((changed & Legacy) != 0)
            LegacyReplacementChanged?.Invoke(IsLegacy);
        foreach (HpetTimer timer in _timers)
            timer.Update();
    }

    private void Acknowledge(uint ones)
    {
        _status &= ~ones;
        foreach (HpetTimer timer in _timers)
            timer.DriveLevel();
    }

    // Meant to be written while the counter is halted; while it runs, it goes on from the new value.
    private void WriteCounter(ulong value, ulong mask)
    {
        _halted = Bits.Merge(Counter, value, mask);
        _start = _clock.Now;
        foreach (HpetTimer timer in _timers)
            timer.Update();
    }
}
