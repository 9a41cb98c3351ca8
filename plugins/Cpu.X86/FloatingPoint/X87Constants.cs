namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2 and FLDZ (SDM 1 8.3.4): rounded from a longer constant by the rounding
/// control, whatever the precision control; the rounding raises nothing and leaves C1 clear.</summary>
internal static class X87Constants
{
    public static Float80 Load(X87Constant constant, RoundingMode mode)
    {
        // Each significand is followed by its next 64 bits; the exponents are unbiased.
        (int exponent, ulong high, ulong low) = constant switch
        {
            X87Constant.One => (0, Float80.IntegerBit, 0UL),
            X87Constant.Log2Of10 => (1, 0xD49A784BCD1B8AFEUL, 0x492BF6FF4DAFDB4DUL),
            X87Constant.Log2OfE => (0, 0xB8AA3B295C17F0BBUL, 0xBE87FED0691D3E89UL),
            X87Constant.Pi => (1, 0xC90FDAA22168C234UL, 0xC4C6628B80DC1CD1UL),
            X87Constant.Log10Of2 => (-2, 0x9A209A84FBCFF798UL, 0x8F8959AC0B7C9178UL),
            X87Constant.LogEOf2 => (-1, 0xB17217F7D1CF79ABUL, 0xC9E3B39803F2F6AFUL),
            _ => (-Float80.Bias, 0UL, 0UL),
        };
        ulong significand = SignificandRounder.Round(mode, false, high, low, 0, out int carry, out _, out _);
        return new Float80(false, exponent + Float80.Bias + carry, significand);
    }
}
