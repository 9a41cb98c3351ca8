namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>The constants of FLD1 to FLDZ, in the order of their opcodes D9 E8 to D9 EE.</summary>
internal enum X87Constant : byte
{
    One = 0,
    Log2Of10 = 1,
    Log2OfE = 2,
    Pi = 3,
    Log10Of2 = 4,
    LogEOf2 = 5,
    Zero = 6,
}
