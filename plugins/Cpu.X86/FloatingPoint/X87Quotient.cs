namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>What FPREM and FPREM1 report of the quotient (SDM 1 table 8-1): when the reduction is complete, C2 is clear and
/// C0, C3, C1 are the quotient's bits 2, 1 and 0; when it is not, C2 is set and the others are clear.</summary>
internal readonly struct X87Quotient(ulong quotient)
{
    private const byte IncompleteCode = 0b100;

    private X87Quotient(byte code)
        : this(0UL) => ConditionCodes = code;

    /// <summary>C3:C2:C1:C0 as a number of four bits.</summary>
    public readonly byte ConditionCodes =
        (byte)(((quotient & 2) << 2) | ((quotient & 1) << 1) | ((quotient >> 2) & 1));

    public static X87Quotient Incomplete => new(IncompleteCode);

    /// <summary>The codes at their places in the status word: C0 to C2 at bits 8 to 10, C3 at bit 14.</summary>
    public ushort StatusBits => (ushort)(((ConditionCodes & 7) << 8) | ((ConditionCodes & 8) << 11));
}
