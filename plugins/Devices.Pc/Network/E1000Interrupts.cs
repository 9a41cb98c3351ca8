using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;
using Dominion.Time;

namespace Dominion.Devices.Pc.Network;

/// <summary>Interrupt causes, their mask, and the throttle that keeps interrupts apart (Software Developer's Manual, 13.4.17 to 13.4.21).</summary>
internal sealed class E1000Interrupts : IPersistent, IDisposable
{
    private const long ThrottleUnit = 256; // nanoseconds
    private readonly IClock _clock;
    private readonly ITimer _timer;
    private readonly Action<bool> _pin;
    private E1000Cause _causes;
    private E1000Cause _mask;
    private uint _throttle;
    private long _notBefore;
    private bool _asserted;

    /// <summary>Makes the interrupt logic.</summary>
    /// <param name="clock">The domain's time.</param>
    /// <param name="pin">Drives the interrupt pin.</param>
    public E1000Interrupts(IClock clock, Action<bool> pin)
    {
        _clock = clock;
        _timer = clock.CreateTimer(Update);
        _pin = pin;
    }

    /// <summary>Puts the registers in the card's table.</summary>
    /// <param name="map">The table.</param>
    public void Describe(RegisterMap map) =>
        map.At(0x0C0, "ICR", ReadCauses, (value, _) => Change(_causes & ~(E1000Cause)value, _mask))
            .At(0x0C4, "ITR", () => _throttle, (value, _) => SetThrottle(value & 0xFFFF))
            .At(0x0C8, "ICS", write: (value, _) => Raise((E1000Cause)value))
            .At(0x0D0, "IMS", () => (uint)_mask, (value, _) => Change(_causes, _mask | ((E1000Cause)value & E1000Cause.All)))
            .At(0x0D8, "IMC", write: (value, _) => Change(_causes, _mask & ~(E1000Cause)value));

    /// <summary>Adds causes.</summary>
    /// <param name="causes">The causes.</param>
    public void Raise(E1000Cause causes) => Change(_causes | (causes & E1000Cause.All), _mask);

    /// <summary>Reset.</summary>
    public void Reset()
    {
        _throttle = 0;
        _notBefore = 0;
        Change(E1000Cause.None, E1000Cause.None);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write((uint)_causes);
        writer.Write((uint)_mask);
        writer.Write(_throttle);
        writer.Write(Math.Max(0, _notBefore - _clock.Now));
        writer.Write(_asserted);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        _causes = (E1000Cause)reader.ReadUInt32() & E1000Cause.All;
        _mask = (E1000Cause)reader.ReadUInt32() & E1000Cause.All;
        _throttle = reader.ReadUInt32() & 0xFFFF;
        _notBefore = _clock.Now + Math.Clamp(reader.ReadInt64(), 0, 0xFFFF * ThrottleUnit);
        _asserted = reader.ReadBoolean();
        _pin(_asserted);
        Update();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private uint ReadCauses()
    {
        uint value = (uint)_causes;
        Change(E1000Cause.None, _mask);
        return value;
    }

    private void SetThrottle(uint value)
    {
        _throttle = value;
        _notBefore = 0;
        Update();
    }

    private void Change(E1000Cause causes, E1000Cause mask)
    {
        _causes = causes;
        _mask = mask;
        Update();
    }

    private void Update()
    {
        bool wanted = (_causes & _mask) != 0;
        if (wanted == _asserted)
        {
            if (!wanted)
                _timer.Cancel();
            return;
        }

        if (wanted)
        {
            long now = _clock.Now;
            if (now < _notBefore)
            {
                _timer.Schedule(_notBefore);
                return;
            }

            _notBefore = now + (_throttle * ThrottleUnit);
        }

        _asserted = wanted;
        _pin(wanted);
    }
}
