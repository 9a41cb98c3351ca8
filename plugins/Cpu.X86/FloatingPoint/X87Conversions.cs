namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>Operands of 32 and 64 bits. Those of 80 bits convert nothing and raise nothing.</summary>
internal static class X87Conversions
{
    /// <summary>FLD; see <see cref="X87Context.SuppressesLoad"/>.</summary>
    public static Float80 FromSingle(ref X87Context context, uint bits) => Load(ref context, FloatFormat.Single, bits);

    /// <inheritdoc cref="FromSingle"/>
    public static Float80 FromDouble(ref X87Context context, ulong bits) => Load(ref context, FloatFormat.Double, bits);

    /// <summary>The memory operand of FADD, FSUB, FMUL, FDIV, FCOM and their kin, for the operation that follows in the same
    /// context. That one answers to a signaling NaN and reports a denormal; here nothing is raised.</summary>
    public static Float80 OperandFromSingle(ref X87Context context, uint bits) => Widen(ref context, FloatFormat.Single, bits);

    /// <inheritdoc cref="OperandFromSingle"/>
    public static Float80 OperandFromDouble(ref X87Context context, ulong bits) => Widen(ref context, FloatFormat.Double, bits);

    /// <summary>Rounds for a store; see <see cref="X87Context.SuppressesStore"/>.</summary>
    public static uint ToSingle(ref X87Context context, Float80 operand) =>
        (uint)Narrow(ref context, FloatFormat.Single, operand);

    /// <inheritdoc cref="ToSingle"/>
    public static ulong ToDouble(ref X87Context context, Float80 operand) =>
        Narrow(ref context, FloatFormat.Double, operand);

    private static Float80 Load(ref X87Context context, FloatFormat format, ulong bits)
    {
        Float80 value = Widen(ref context, format, bits);
        context.CheckDenormal(value);
        return value.IsNaN ? X87NaN.Propagate(ref context, value) : value;
    }

    private static Float80 Widen(ref X87Context context, FloatFormat format, ulong bits)
    {
        bool sign = format.Sign(bits);
        if (format.BiasedExponent(bits) == format.MaximumExponent)
        {
            ulong significand = Float80.IntegerBit | ((bits & format.FractionMask) << (63 - format.FractionBits));
            return new Float80(sign, Float80.MaximumExponent, significand);
        }

        if (format.IsZero(bits))
            return Float80.Zero(sign);
        if (format.IsDenormal(bits))
            context.NoteDenormalMemoryOperand();
        Unrounded unpacked = format.Unpack(bits);
        return new Float80(sign, unpacked.Exponent + Float80.Bias, unpacked.High);
    }

    private static ulong Narrow(ref X87Context context, FloatFormat format, Float80 operand)
    {
        if (operand.IsUnsupported)
        {
            context.Raised |= FloatExceptions.Invalid;
            return format.Indefinite;
        }

        if (operand.IsNaN)
        {
            Float80 quiet = X87NaN.Propagate(ref context, operand);
            return format.Infinity(operand.Sign) | ((quiet.Significand >> (63 - format.FractionBits)) & format.FractionMask);
        }

        if (operand.IsInfinity)
            return format.Infinity(operand.Sign);
        if (operand.IsZero)
            return format.Zero(operand.Sign);
        ulong bits = format.Round(
            operand.Unpack(), context.Rounding, context.Masked, false, ref context.Raised, out context.RoundedUp);
        if (context.SuppressesStore)
        {
            // Nothing was rounded, so nothing is inexact.
            context.Raised &= ~FloatExceptions.Precision;
            context.RoundedUp = false;
        }

        return bits;
    }
}
