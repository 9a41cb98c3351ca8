namespace Dominion.Oracle.X86;

/// <summary>The size of code, in bits.</summary>
internal enum CodeMode
{
    Bits16 = 16,
    Bits32 = 32,
    Bits64 = 64,
}
