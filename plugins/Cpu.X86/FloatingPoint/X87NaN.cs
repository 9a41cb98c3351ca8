namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>The x87 rules for NaN operands (SDM 1 table 4-7).</summary>
internal static class X87NaN
{
    /// <summary>The result of a one-operand instruction on a NaN.</summary>
    public static Float80 Propagate(ref X87Context context, Float80 operand)
    {
        if (operand.IsSignalingNaN)
            context.Raised |= FloatExceptions.Invalid;
        return operand.Quieted();
    }

    /// <summary>The result of a two-operand instruction of which at least one operand is a NaN.</summary>
    public static Float80 Propagate(ref X87Context context, Float80 left, Float80 right)
    {
        bool leftSignals = left.IsSignalingNaN;
        bool rightSignals = right.IsSignalingNaN;
        if (leftSignals || rightSignals)
            context.Raised |= FloatExceptions.Invalid;
        if (!right.IsNaN)
            return left.Quieted();
        if (!left.IsNaN)
            return right.Quieted();

        // Of a signaling and a quiet NaN the quiet one; of two alike the larger significand, and of equal ones the positive.
        if (leftSignals != rightSignals)
            return leftSignals ? right : left;
        bool takesLeft = left.Significand != right.Significand ? left.Significand > right.Significand : !left.Sign;
        return (takesLeft ? left : right).Quieted();
    }
}
