namespace Dominion.Cpu.X86.Interpreter.Integer.Fields;

/// <summary>PDEP and PEXT for hosts that have no instruction for them: one step for each one in the mask.</summary>
internal static class BitGathering
{
    /// <summary>Puts the low bits of a value where a mask has ones.</summary>
    public static ulong Deposit(ulong value, ulong mask)
    {
        ulong result = 0;
        while (mask != 0)
        {
            ulong lowest = mask & (~mask + 1);
            if ((value & 1) != 0)
                result |= lowest;
            value >>= 1;
            mask ^= lowest;
        }

        return result;
    }

    /// <summary>Moves the bits of a value where a mask has ones together at the low end.</summary>
    public static ulong Extract(ulong value, ulong mask)
    {
        ulong result = 0;
        for (int i = 0; mask != 0; i++)
        {
            ulong lowest = mask & (~mask + 1);
            if ((value & lowest) != 0)
                result |= 1UL << i;
            mask ^= lowest;
        }

        return result;
    }
}
