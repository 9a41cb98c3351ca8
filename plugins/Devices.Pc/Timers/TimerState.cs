using Dominion.Persistence;
using Dominion.Time;

namespace Dominion.Devices.Pc.Timers;

/// <summary>Saves when a timer expires, for devices that could only compute another time anew: the rest of a delay, or a tick that is due and has not been seen to.</summary>
internal static class TimerState
{
    private const long NotArmed = long.MinValue;

    /// <summary>Writes a timer's deadline.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="timer">The timer.</param>
    public static void Save(StateWriter writer, ITimer timer) => writer.Write(timer.Deadline ?? NotArmed);

    /// <summary>Arms a timer as it was, or disarms it.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="timer">The timer.</param>
    public static void Restore(StateReader reader, ITimer timer)
    {
        long deadline = reader.ReadInt64();
        if (deadline == NotArmed)
            timer.Cancel();
        else
            timer.Schedule(deadline);
    }
}
