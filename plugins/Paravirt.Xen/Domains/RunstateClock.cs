using System.Buffers.Binary;

namespace Dominion.Paravirt.Xen.Domains;

/// <summary>Counts the time that a vCPU spends in each runstate (xen/include/public/vcpu.h, struct vcpu_runstate_info).</summary>
internal sealed class RunstateClock
{
    /// <summary>The size of the structure in bytes.</summary>
    public const int Size = 48;

    /// <summary>The offset of state_entry_time.</summary>
    public const int EntryTimeOffset = 8;

    private readonly Lock _lock = new();
    private readonly long[] _times = new long[4];
    private Runstate _state = Runstate.Offline;
    private long _since;

    /// <summary>Enters a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="now">The system time.</param>
    public void Enter(Runstate state, long now)
    {
        lock (_lock)
        {
            _times[(int)_state] += now - _since;
            _since = now;
            _state = state;
        }
    }

    /// <summary>Writes the structure.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        lock (_lock)
        {
            destination[..Size].Clear();
            BinaryPrimitives.WriteInt32LittleEndian(destination, (int)_state);
            BinaryPrimitives.WriteInt64LittleEndian(destination[EntryTimeOffset..], _since);
            for (int i = 0; i < _times.Length; i++)
                BinaryPrimitives.WriteInt64LittleEndian(destination[(16 + (8 * i))..], _times[i]);
        }
    }
}
