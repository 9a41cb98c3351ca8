namespace Dominion.Paravirt.Xen.Time;

/// <summary>The factors of struct vcpu_time_info (xen/include/public/xen.h): nanoseconds = ((counts &lt;&lt; shift) * multiplier) &gt;&gt; 32.</summary>
internal static class TimeScale
{
    private const long Second = 1_000_000_000;

    /// <summary>The factors for a counter.</summary>
    /// <param name="frequency">Its frequency in Hz.</param>
    public static (uint Multiplier, sbyte Shift) Of(long frequency)
    {
        // The multiplier's top bit is set, for the most precision.
        UInt128 scaled = ((UInt128)Second << 32) / (UInt128)frequency;
        sbyte shift = 0;
        while (scaled > uint.MaxValue)
        {
            scaled >>= 1;
            shift++;
        }

        while (scaled < 0x8000_0000)
        {
            scaled <<= 1;
            shift--;
        }

        return ((uint)scaled, shift);
    }
}
