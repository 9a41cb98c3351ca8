namespace Dominion.Oracle.X86.Generation;

/// <summary>Random numbers that start from a seed at no cost: SplitMix64. The same on every host and in every version.</summary>
internal sealed class CaseRandom
{
    private ulong state;

    /// <summary>Starts anew.</summary>
    public void Start(ulong seed) => state = seed;

    public ulong Next()
    {
        state += 0x9E37_79B9_7F4A_7C15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to less than a bound.</summary>
    public int Next(int bound) => (int)(((UInt128)Next() * (ulong)bound) >> 64);

    /// <summary>A number from a bound to less than another.</summary>
    public int Next(int from, int to) => from + Next(to - from);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Next(times) == 0;

    public T Pick<T>(ReadOnlySpan<T> choices) => choices[Next(choices.Length)];
}
