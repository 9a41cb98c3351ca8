namespace Dominion.Cpu.X86.FloatingPoint.Sse;

/// <summary>The predicates of CMPSS, CMPPS and their kin: 0 to 7, and to 31 with VEX (SDM 2 table 3-1).</summary>
internal static class SseComparison
{
    private const int Greater = 1;
    private const int Less = 2;
    private const int Equal = 4;
    private const int Unordered = 8;

    /// <summary>For each predicate, less bit 4, the relations that satisfy it.</summary>
    private static ReadOnlySpan<byte> Satisfying =>
    [
        Equal, Less, Less | Equal, Unordered,
        Greater | Less | Unordered, Greater | Equal | Unordered, Greater | Unordered, Greater | Less | Equal,
        Equal | Unordered, Less | Unordered, Less | Equal | Unordered, 0,
        Greater | Less, Greater | Equal, Greater, Greater | Less | Equal | Unordered,
    ];

    /// <summary>Whether a quiet NaN is an invalid operation under the predicate. Bit 4 turns that around.</summary>
    public static bool IsSignaling(int predicate) => ((0x6666 >> (predicate & 15)) & 1) != (predicate >> 4);

    public static bool IsSatisfied(int predicate, FloatRelation relation)
    {
        int bit = relation switch
        {
            FloatRelation.Greater => Greater,
            FloatRelation.Less => Less,
            FloatRelation.Equal => Equal,
            _ => Unordered,
        };
        return (Satisfying[predicate & 15] & bit) != 0;
    }
}
