using Iced.Intel;

namespace Dominion.Oracle.X86.Comparison;

/// <summary>Where the manual gives an error bound in place of a result.</summary>
internal static class Tolerance
{
    /// <summary>Twice the bound of RCPPS and RSQRTPS: both processors may use it (SDM volume 2 RCPPS, RSQRTPS).</summary>
    private const double Approximation = 2 * 1.5 / 4096;

    /// <summary>The magnitudes of results that a processor may flush to zero: up to 2^-126 and the error (SDM volume 2 RCPPS: operands about 2^126 may or may not give tiny results).</summary>
    private const uint LargestTiny = 0x0080_1000;

    /// <summary>Whether results are approximations in single precision.</summary>
    public static bool IsApproximation(Mnemonic mnemonic) => mnemonic is
        Mnemonic.Rcpps or Mnemonic.Rcpss or Mnemonic.Rsqrtps or Mnemonic.Rsqrtss or Mnemonic.Vrcpps or Mnemonic.Vrcpss or Mnemonic.Vrsqrtps or Mnemonic.Vrsqrtss;

    /// <summary>Whether results are within one unit of the last place (SDM volume 1, 8.3.10).</summary>
    public static bool IsTranscendental(Mnemonic mnemonic) => mnemonic is Mnemonic.Fsin or Mnemonic.Fcos or Mnemonic.Fsincos
        or Mnemonic.Fptan or Mnemonic.Fpatan or Mnemonic.F2xm1 or Mnemonic.Fyl2x or Mnemonic.Fyl2xp1;

    /// <summary>Whether C1 is cleared by Intel's processors and left by AMD's.</summary>
    public static bool LeavesC1Open(Mnemonic mnemonic) => mnemonic is Mnemonic.Fcomi or Mnemonic.Fcomip or Mnemonic.Fucomi or Mnemonic.Fucomip;

    /// <summary>Whether two approximations can be of one number.</summary>
    public static bool AreClose(uint left, uint right)
    {
        if (left == right)
            return true;
        if (left << 1 == 0 || right << 1 == 0)
            return ((left ^ right) >> 31) == 0 && ((left | right) & 0x7FFF_FFFF) <= LargestTiny;
        float x = BitConverter.UInt32BitsToSingle(left);
        float y = BitConverter.UInt32BitsToSingle(right);
        return ((left ^ right) >> 31) == 0 && float.IsFinite(x) && float.IsFinite(y) && Math.Abs((double)x - y) <= Approximation * Math.Max(Math.Abs((double)x), Math.Abs((double)y));
    }

    /// <summary>Whether two numbers of the extended format are equal or neighbours.</summary>
    public static bool AreNeighbours(ulong left, ulong leftExponent, ulong right, ulong rightExponent)
    {
        if (leftExponent == rightExponent)
            return left - right + 1 <= 2;
        bool carries = Math.Abs((long)leftExponent - (long)rightExponent) == 1;
        return carries && (left == ulong.MaxValue || right == ulong.MaxValue);
    }
}
