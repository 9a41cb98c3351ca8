namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>FCOM, FUCOM, FTST and their FCOMI forms (SDM 1 8.3.6). The condition codes are written even when an exception is
/// unmasked, as processors do; only the pop is then left out: see <see cref="X87Context.SuppressesResult"/>.</summary>
internal static class X87Comparison
{
    /// <summary>FCOM, FCOMI, FTST: any NaN is an invalid operation.</summary>
    public static FloatRelation Compare(ref X87Context context, Float80 left, Float80 right) =>
        Compare(ref context, left, right, quietIsInvalid: true);

    /// <summary>FUCOM, FUCOMI: of the NaNs only a signaling one is an invalid operation.</summary>
    public static FloatRelation CompareUnordered(ref X87Context context, Float80 left, Float80 right) =>
        Compare(ref context, left, right, quietIsInvalid: false);

    private static FloatRelation Compare(ref X87Context context, Float80 left, Float80 right, bool quietIsInvalid)
    {
        if (left.IsUnsupported || right.IsUnsupported)
        {
            context.Raised |= FloatExceptions.Invalid;
            return FloatRelation.Unordered;
        }

        if (left.IsNaN || right.IsNaN)
        {
            if (quietIsInvalid || left.IsSignalingNaN || right.IsSignalingNaN)
                context.Raised |= FloatExceptions.Invalid;
            return FloatRelation.Unordered;
        }

        context.CheckDenormal(left, right);
        if (left.IsZero && right.IsZero)
            return FloatRelation.Equal;
        if (left.Sign != right.Sign)
            return left.Sign ? FloatRelation.Less : FloatRelation.Greater;

        // A pseudo-denormal has the value that exponent 1 gives it.
        int order = Math.Max(left.BiasedExponent, 1) - Math.Max(right.BiasedExponent, 1);
        if (order == 0)
            order = left.Significand.CompareTo(right.Significand);
        if (order == 0)
            return FloatRelation.Equal;
        return order < 0 != left.Sign ? FloatRelation.Less : FloatRelation.Greater;
    }
}
