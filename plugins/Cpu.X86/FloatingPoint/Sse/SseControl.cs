namespace Dominion.Cpu.X86.FloatingPoint.Sse;

/// <summary>MXCSR's fields, and what an instruction does with the exceptions of its elements (SDM 1 10.2.3 and 11.5).</summary>
internal static class SseControl
{
    public const uint DenormalsAreZeros = 1 << 6;
    public const uint RoundingField = 3 << 13;
    public const uint FlushToZero = 1 << 15;

    /// <summary>Not a bit of MXCSR, where it is reserved: all arithmetic is software, none the host's.</summary>
    public const uint Software = 1u << 31;

    /// <summary>Clear when operations that the host rounds to nearest may be left to it.</summary>
    public const uint HostField = RoundingField | Software;
    private const int MaskShift = 7;
    private const int SettledShift = 8;
    private const uint PrecisionFlag = (uint)FloatExceptions.Precision;
    private const uint PrecisionFlagAndMask = PrecisionFlag | (PrecisionFlag << MaskShift);

    public static RoundingMode Rounding(uint mxcsr) => (RoundingMode)((mxcsr >> 13) & 3);

    public static FloatExceptions Masked(uint mxcsr) => (FloatExceptions)(mxcsr >> MaskShift) & FloatExceptions.All;

    /// <summary>Ends an instruction: <paramref name="raised"/> holds the exceptions of all its elements. Accumulates the flags
    /// in MXCSR; true when an exception is unmasked, so that #XM (or #UD without CR4.OSXMMEXCPT) is raised and the destination
    /// stays as it was. When one that is detected on the operands is unmasked, those of results are not reported.</summary>
    public static bool Commit(ref uint mxcsr, FloatExceptions raised)
    {
        FloatExceptions masked = Masked(mxcsr);
        mxcsr |= (uint)raised >> SettledShift;
        raised &= FloatExceptions.All;
        if ((raised & FloatExceptions.PreComputation & ~masked) != 0)
            raised &= FloatExceptions.PreComputation;
        mxcsr |= (uint)raised;
        return (raised & ~masked) != 0;
    }

    /// <summary>Ends one of several steps that an instruction makes, such as the products of a dot product: what it raised stays, whatever the next step raises.</summary>
    /// <returns>True when an exception is unmasked, so that there is no next step.</returns>
    internal static bool EndStep(uint mxcsr, ref FloatExceptions raised)
    {
        if ((raised & FloatExceptions.All & ~Masked(mxcsr)) != 0)
            return true;
        raised = (FloatExceptions)((uint)raised | ((uint)raised << SettledShift)) & ~FloatExceptions.All;
        return false;
    }

    /// <summary>Whether exact operations may be left to the host, whatever the rounding mode.</summary>
    internal static bool AllowsHost(uint mxcsr) => (mxcsr & Software) == 0;

    /// <summary>Whether nobody will see if a result is inexact: the flag is set already, and masked.</summary>
    internal static bool IgnoresInexact(uint mxcsr) => (mxcsr & PrecisionFlagAndMask) == PrecisionFlagAndMask;
}
