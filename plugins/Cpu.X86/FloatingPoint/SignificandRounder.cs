namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>Rounding of a significand, common to every format.</summary>
internal static class SignificandRounder
{
    /// <summary>Rounds high:low to the bits of high above its low <paramref name="dropped"/> ones (0 to 63), which become
    /// zero. When that carries out of bit 63, the result is 2^63 and <paramref name="carry"/> is 1.</summary>
    public static ulong Round(
        RoundingMode mode, bool sign, ulong high, ulong low, int dropped, out int carry, out bool inexact, out bool roundedUp)
    {
        ulong mask = (1UL << dropped) - 1;
        ulong tail = high & mask;
        ulong result = high & ~mask;
        carry = 0;
        inexact = (tail | low) != 0;
        roundedUp = false;
        if (!inexact)
            return result;

        bool half = dropped == 0 ? (long)low < 0 : ((tail >> (dropped - 1)) & 1) != 0;
        bool beyond = dropped == 0 ? low << 1 != 0 : ((tail & (mask >> 1)) | low) != 0;
        roundedUp = mode switch
        {
            RoundingMode.NearestEven => half && (beyond || (result & (mask + 1)) != 0),
            RoundingMode.Down => sign,
            RoundingMode.Up => !sign,
            _ => false,
        };
        if (!roundedUp)
            return result;
        result += mask + 1;
        if (result != 0)
            return result;
        carry = 1;
        return Float80.IntegerBit;
    }

    /// <summary>Whether an overflow gives infinity, rather than the largest finite number (SDM 1 4.9.1.4).</summary>
    public static bool OverflowsToInfinity(RoundingMode mode, bool sign) => mode switch
    {
        RoundingMode.NearestEven => true,
        RoundingMode.Down => sign,
        RoundingMode.Up => !sign,
        _ => false,
    };

    /// <summary>Shifts high:low right; ones that fall off leave bit 0 of low set.</summary>
    public static void ShiftRightSticky(ref ulong high, ref ulong low, int count)
    {
        UInt128 shifted = WideMath.ShiftRightSticky(new UInt128(high, low), count);
        high = (ulong)(shifted >> 64);
        low = (ulong)shifted;
    }
}
