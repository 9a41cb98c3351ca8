namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>The six floating-point exceptions, at their bits in the x87 status word, in its control word's masks, and in
/// MXCSR's flags; MXCSR's masks are the same bits shifted left by 7 (SDM 1 8.1.3 and 10.2.3).</summary>
[Flags]
internal enum FloatExceptions : ushort
{
    None = 0,
    Invalid = 1,
    Denormal = 2,
    ZeroDivide = 4,
    Overflow = 8,
    Underflow = 16,
    Precision = 32,

    /// <summary>Detected on the operands: when one of these is unmasked, there is no result (SDM 1 4.9.1).</summary>
    PreComputation = Invalid | Denormal | ZeroDivide,

    /// <summary>Detected on the result.</summary>
    PostComputation = Overflow | Underflow | Precision,

    All = PreComputation | PostComputation,
}
